import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { ErrorNotice } from '../../components/notices.tsx';
import { CsvField } from './CsvField.tsx';
import { expiryOf } from './expiry.ts';
import { useMakeWatchlist } from './library.ts';

/** Makes a watchlist of a CSV. */
export function NewWatchlistDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="New watchlist" size="xl">
      {opened && <ListForm onClose={onClose} />}
    </Modal>
  );
}

function ListForm({ onClose }: { readonly onClose: () => void }) {
  const make = useMakeWatchlist();
  const [alias, setAlias] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [description, setDescription] = useState('');
  const [owner, setOwner] = useState('');
  const [expires, setExpires] = useState('');
  const [searchKey, setSearchKey] = useState('');
  const [csv, setCsv] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const key = searchKey === '' ? {} : { searchKey };
    make.mutate(
      { alias, displayName, description, owner, expiresAt: expiryOf(expires), csv, ...key },
      { onSuccess: onClose },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {make.isError && <ErrorNotice error={make.error} title="Not saved" />}
        <TextInput
          label="Alias"
          description="What queries call it; it stays."
          required
          withAsterisk={false}
          maxLength={128}
          data-autofocus
          value={alias}
          onChange={(event) => setAlias(event.currentTarget.value)}
        />
        <TextInput
          label="Name"
          placeholder="the alias"
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          autosize
          maxRows={6}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <TextInput
          label="Owner"
          placeholder="you"
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <TextInput
          label="Expires on"
          description="Queries find nothing in it from then on; may be left empty."
          type="date"
          value={expires}
          onChange={(event) => setExpires(event.currentTarget.value)}
        />
        <TextInput
          label="Search key"
          description="The column that queries look up most."
          placeholder="the first column"
          value={searchKey}
          onChange={(event) => setSearchKey(event.currentTarget.value)}
        />
        <CsvField csv={csv} searchKey={searchKey === '' ? undefined : searchKey} onChange={setCsv} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
