import { Badge, Button, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Watchlist } from '../../api/types.ts';
import { ConfirmButton } from '../../components/ConfirmButton.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Icon } from '../../components/Icon.tsx';
import { NeedsCompany } from '../../components/NeedsCompany.tsx';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { Time } from '../../components/Time.tsx';
import { useCompany } from '../identity/company.tsx';
import { useDeleteWatchlist, watchlistsQuery } from './library.ts';
import { NewWatchlistDialog } from './NewWatchlistDialog.tsx';
import { WatchlistDialog } from './WatchlistDialog.tsx';
import classes from './library.module.css';

/** Lists of names and addresses that queries and rules look things up in. */
export function WatchlistsPage() {
  const { selected, may } = useCompany();
  const [isMaking, setMaking] = useState(false);
  const [openedId, setOpenedId] = useState<string | undefined>(undefined);
  return (
    <Page
      title="Watchlists"
      description="Lists that queries and rules look things up in, uploaded as CSV."
      actions={
        selected !== undefined &&
        may('library.manage') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setMaking(true)}>
            New watchlist
          </Button>
        )
      }
    >
      {selected === undefined ? <NeedsCompany what="Watchlists" /> : <Lists openedId={openedId} onOpen={setOpenedId} />}
      <NewWatchlistDialog opened={isMaking} onClose={() => setMaking(false)} />
    </Page>
  );
}

function Lists({
  openedId,
  onOpen,
}: {
  readonly openedId: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
}) {
  const lists = useQuery(watchlistsQuery);
  if (lists.isError) return <ErrorNotice error={lists.error} onRetry={() => void lists.refetch()} />;
  if (lists.isPending)
    return (
      <div className="panel">
        <ListLoading />
      </div>
    );
  if (lists.data.length === 0)
    return (
      <div className="panel">
        <EmptyNotice icon="list" title="No watchlists yet">
          Upload a CSV, and use it in queries and rules: <code>_GetWatchlist(&apos;alias&apos;)</code>.
        </EmptyNotice>
      </div>
    );
  return (
    <>
      <ul className={classes.list}>
        {lists.data.map((list) => (
          <ListCard key={list.id} list={list} onOpen={() => onOpen(list.id)} />
        ))}
      </ul>
      <WatchlistDialog list={lists.data.find(({ id }) => id === openedId)} onClose={() => onOpen(undefined)} />
    </>
  );
}

function ListCard({ list, onOpen }: { readonly list: Watchlist; readonly onOpen: () => void }) {
  const { may } = useCompany();
  const remove = useDeleteWatchlist();
  return (
    <li className={`panel ${classes.card ?? ''}`}>
      <Group justify="space-between" align="flex-start">
        <Title order={2} size="h5" className={classes.name ?? ''}>
          {list.displayName}
        </Title>
        {list.company === null && <Badge variant="outline">every company</Badge>}
      </Group>
      {list.description !== '' && <Text size="sm">{list.description}</Text>}
      <pre className={classes.code}>{`_GetWatchlist('${list.alias}')`}</pre>
      <Facts
        facts={[
          { name: 'Items', value: String(list.items) },
          { name: 'Search key', value: list.searchKey },
          { name: 'Owner', value: list.owner },
          { name: 'Changed', value: <Time at={list.updatedAt} /> },
          { name: 'Expires', value: list.expiresAt === null ? 'never' : <Time at={list.expiresAt} /> },
        ]}
      />
      <Group gap="xs" mt="auto">
        <Button size="xs" variant="default" aria-label={`Open ${list.displayName}`} onClick={onOpen}>
          Open
        </Button>
        {may('library.manage') && (
          <ConfirmButton
            label="Delete"
            question={`Delete ${list.displayName}? Queries and rules that use it are refused from then on.`}
            isBusy={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate(list.id)}
          />
        )}
      </Group>
    </li>
  );
}
