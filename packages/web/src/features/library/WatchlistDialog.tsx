import { Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import type { Watchlist } from '../../api/types.ts';
import { ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { useCompany } from '../identity/company.tsx';
import { CsvField, ItemTable } from './CsvField.tsx';
import { dayOf, expiryOf } from './expiry.ts';
import {
  useChangeWatchlist,
  useRestoreWatchlist,
  useUploadWatchlist,
  watchlistItemsQuery,
  watchlistVersionsQuery,
} from './library.ts';
import { Versions } from './Versions.tsx';

const SEARCH_AFTER_MS = 300;

/** One list: its items, what is said about it, a new upload, its history. */
export function WatchlistDialog({
  list,
  onClose,
}: {
  readonly list: Watchlist | undefined;
  readonly onClose: () => void;
}) {
  const { may } = useCompany();
  return (
    <Modal opened={list !== undefined} onClose={onClose} title={list?.displayName ?? ''} size="xl">
      {list !== undefined && (
        <Stack gap="lg" key={list.id}>
          <Items list={list} />
          {may('library.manage') && <Upload list={list} key={list.version} />}
          {may('library.manage') && <Properties list={list} />}
          <History list={list} />
        </Stack>
      )}
    </Modal>
  );
}

function Items({ list }: { readonly list: Watchlist }) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, SEARCH_AFTER_MS);
  const items = useQuery(watchlistItemsQuery(list.id, settled));
  const names = list.columns.map(({ name }) => name);
  return (
    <Stack gap="xs">
      <TextInput label="Find items" value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
      {items.isError && <ErrorNotice error={items.error} onRetry={() => void items.refetch()} />}
      {items.isPending && <ListLoading rows={3} />}
      {items.isSuccess && (
        <ItemTable
          label={`Items of ${list.displayName}`}
          columns={names}
          rows={items.data.items.map(({ id, values }) => ({ id, cells: names.map((name) => values[name] ?? '') }))}
        />
      )}
    </Stack>
  );
}

function Upload({ list }: { readonly list: Watchlist }) {
  const upload = useUploadWatchlist(list.id);
  const [csv, setCsv] = useState('');
  const [mode, setMode] = useState<'replace' | 'merge'>('replace');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    upload.mutate({ csv, mode, version: list.version }, { onSuccess: () => setCsv('') });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Title order={3} size="h6">
          Upload
        </Title>
        {upload.isError && <ErrorNotice error={upload.error} title="Not uploaded" />}
        <NativeSelect
          label="The CSV"
          value={mode}
          onChange={(event) => setMode(event.currentTarget.value === 'merge' ? 'merge' : 'replace')}
          data={[
            { value: 'replace', label: 'is the whole list from now on' },
            { value: 'merge', label: 'adds items, and replaces those with its keys' },
          ]}
        />
        <CsvField csv={csv} searchKey={undefined} onChange={setCsv} />
        <Group justify="flex-end">
          <Button type="submit" disabled={csv === ''} loading={upload.isPending}>
            Upload
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Properties({ list }: { readonly list: Watchlist }) {
  const change = useChangeWatchlist(list.id);
  const [displayName, setDisplayName] = useState(list.displayName);
  const [description, setDescription] = useState(list.description);
  const [owner, setOwner] = useState(list.owner);
  const [expires, setExpires] = useState(dayOf(list.expiresAt));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate({ displayName, description, owner, expiresAt: expiryOf(expires) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Title order={3} size="h6">
          About the list
        </Title>
        {change.isError && <ErrorNotice error={change.error} title="Not saved" />}
        <TextInput label="Name" value={displayName} onChange={(event) => setDisplayName(event.currentTarget.value)} />
        <Textarea
          label="Description"
          autosize
          maxRows={6}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <TextInput label="Owner" value={owner} onChange={(event) => setOwner(event.currentTarget.value)} />
        <TextInput
          label="Expires on"
          type="date"
          value={expires}
          onChange={(event) => setExpires(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const ACTIONS: Readonly<Record<string, string>> = {
  create: 'made',
  upload: 'uploaded',
  item: 'an item was changed',
  restore: 'restored',
};

function History({ list }: { readonly list: Watchlist }) {
  const { may } = useCompany();
  const versions = useQuery(watchlistVersionsQuery(list.id));
  const restore = useRestoreWatchlist(list.id);
  if (!versions.isSuccess) return null;
  return (
    <section>
      <Title order={3} size="h6">
        History
      </Title>
      <Versions
        versions={versions.data}
        describe={({ action, items }) => `${ACTIONS[action] ?? action}, ${items} items`}
        mayRestore={may('library.manage')}
        isBusy={restore.isPending}
        error={restore.error}
        onRestore={(version) => restore.mutate(version)}
      />
    </section>
  );
}
