import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { ErrorNotice } from '../../components/notices.tsx';
import { DoorLayout } from './DoorLayout.tsx';
import { useSignIn } from './session.ts';

/** E-mail and password. The server says the same thing whatever was wrong, and so does this page. */
export function SignInPage() {
  const router = useRouter();
  const { from } = useSearch({ from: '/sign-in' });
  const signIn = useSignIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    signIn.mutate(
      { email, password },
      { onSuccess: () => router.history.push(from ?? '/'), onError: () => setPassword('') },
    );
  };
  return (
    <DoorLayout title="Sign in" description="Gatehouse watches who signs in. So: who are you?">
      <form onSubmit={submit}>
        <Stack gap="md">
          {signIn.isError && <ErrorNotice error={signIn.error} title="You are not signed in" />}
          <TextInput
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            Sign in
          </Button>
        </Stack>
      </form>
    </DoorLayout>
  );
}
