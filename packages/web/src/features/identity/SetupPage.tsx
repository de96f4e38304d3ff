import { Autocomplete, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { api, bodyOf } from '../../api/client.ts';
import { ApiError } from '../../api/errors.ts';
import { ErrorNotice } from '../../components/notices.tsx';
import { DoorLayout } from './DoorLayout.tsx';
import { SecretOnce } from '../../components/SecretOnce.tsx';
import { sessionQuery, setupQuery } from './session.ts';

type Field = 'secret' | 'email' | 'name' | 'password' | 'company' | 'timeZone';

/** The first administrator and the first company; open only with the secret that the server printed on its first start. */
export function SetupPage() {
  const router = useRouter();
  const queryClient = useQueryClient();
  const [fields, setFields] = useState<Record<Field, string>>({
    secret: '',
    email: '',
    name: 'superadmin',
    password: '',
    company: '',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const setup = useMutation({ mutationFn: async () => bodyOf(await api.POST('/api/setup', { body: fields })) });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setup.mutate();
  };
  const enter = async () => {
    queryClient.removeQueries({ queryKey: setupQuery.queryKey });
    await queryClient.query({ ...sessionQuery, staleTime: 0 });
    router.history.push('/live');
  };
  const field = (name: Field) => ({
    name,
    required: true,
    withAsterisk: false,
    value: fields[name],
    error: setup.error instanceof ApiError ? setup.error.reasonFor(name) : undefined,
  });
  const change = (name: Field) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setFields((current) => ({ ...current, [name]: value }));
  };

  if (setup.isSuccess)
    return (
      <DoorLayout
        title="You are set up"
        description="Your first company has its first API key: agents and applications send with it."
      >
        <SecretOnce label="API key" secret={setup.data.apiKey} />
        <Button onClick={() => void enter()} fullWidth>
          Open the console
        </Button>
      </DoorLayout>
    );
  return (
    <DoorLayout
      title="Set up Gatehouse"
      description="The server printed a one-time secret on its first start. With it you make the first administrator and the first company."
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {setup.isError && <ErrorNotice error={setup.error} title="Not set up" />}
          <TextInput
            label="Set-up secret"
            autoComplete="off"
            spellCheck={false}
            autoFocus
            {...field('secret')}
            onChange={change('secret')}
          />
          <TextInput label="Your name" autoComplete="name" {...field('name')} onChange={change('name')} />
          <TextInput
            label="Your e-mail"
            type="email"
            autoComplete="username"
            {...field('email')}
            onChange={change('email')}
          />
          <PasswordInput
            label="A password"
            description="At least 12 characters; a few unrelated words do well."
            autoComplete="new-password"
            minLength={12}
            {...field('password')}
            onChange={change('password')}
          />
          <TextInput label="Company" autoComplete="organization" {...field('company')} onChange={change('company')} />
          <Autocomplete
            label="Company's time zone"
            description="Times that come without a zone are read in it."
            data={Intl.supportedValuesOf('timeZone')}
            limit={20}
            {...field('timeZone')}
            onChange={(value) => setFields((current) => ({ ...current, timeZone: value }))}
          />
          <Button type="submit" loading={setup.isPending} fullWidth>
            Set up
          </Button>
        </Stack>
      </form>
    </DoorLayout>
  );
}
