import { Button, Checkbox, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { ApiError } from '../../api/errors.ts';
import { ErrorNotice } from '../../components/notices.tsx';
import { EXPIRIES, KEY_SCOPES, useCreateKey, type KeyScope } from './keys.ts';
import { SecretOnce } from '../../components/SecretOnce.tsx';

/** Makes a key and shows it once. */
export function NewKeyDialog({
  opened,
  onClose,
  companyName,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly companyName: string;
}) {
  return (
    <Modal opened={opened} onClose={onClose} title={`New key of ${companyName}`} centered>
      <NewKeyForm onClose={onClose} />
    </Modal>
  );
}

function NewKeyForm({ onClose }: { readonly onClose: () => void }) {
  const create = useCreateKey();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['ingest']);
  const [expiry, setExpiry] = useState('365');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate({
      name,
      scopes: scopes as KeyScope[],
      expiresInDays: expiry === '' ? undefined : Number(expiry),
    });
  };
  if (create.isSuccess)
    return (
      <Stack gap="md">
        <SecretOnce label="The key" secret={create.data.secret} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {create.isError && <ErrorNotice error={create.error} title="No key was made" />}
        <TextInput
          label="Name"
          description="What sends with it."
          placeholder="Agents of the head office"
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          value={name}
          error={create.error instanceof ApiError ? create.error.reasonFor('name') : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label="May" value={scopes} onChange={setScopes}>
          <Stack gap="xs" mt="xs">
            {KEY_SCOPES.map(({ value, label, description }) => (
              <Checkbox key={value} value={value} label={label} description={description} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NativeSelect
          label="Expires after"
          value={expiry}
          onChange={(event) => setExpiry(event.currentTarget.value)}
          data={[...EXPIRIES]}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={scopes.length === 0}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
