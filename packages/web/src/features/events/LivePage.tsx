import { Button, Group, NativeSelect, SegmentedControl, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { Icon } from '../../components/Icon.tsx';
import { EmptyNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { State } from '../../components/Severity.tsx';
import { EventRow } from './EventRow.tsx';
import { summarise } from './eventSummary.ts';
import classes from './LivePage.module.css';
import { tablesQuery } from './tables.ts';
import { useLiveEvents, type Connection } from './useLiveEvents.ts';

const CONNECTIONS: Record<Connection, { readonly label: string; readonly tone: 'good' | 'busy' | 'bad' }> = {
  connecting: { label: 'Connecting', tone: 'busy' },
  open: { label: 'Live', tone: 'good' },
  lost: { label: 'Connection lost, trying again', tone: 'bad' },
};

const ACTORS = [
  { value: 'all', label: 'All' },
  { value: 'people', label: 'People' },
  { value: 'machines', label: 'Machines' },
];

/** What arrives, as it arrives. */
export function LivePage() {
  const [table, setTable] = useState<string | undefined>(undefined);
  const [actors, setActors] = useState('all');
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const tables = useQuery(tablesQuery);
  const { buffer, connection, pause, resume } = useLiveEvents(table);
  const rows = useMemo(
    () =>
      buffer.shown
        .map((event) => ({ event, summary: summarise(event.table, event.row) }))
        .filter(({ summary }) => actors === 'all' || summary.actor === actors)
        .filter(
          ({ summary }) =>
            wanted === '' ||
            [summary.what, summary.who, summary.where, summary.address, summary.result].some((part) =>
              part.toLowerCase().includes(wanted),
            ),
        ),
    [buffer.shown, actors, wanted],
  );
  const held = buffer.held.length + buffer.notHeld;
  const { label, tone } = CONNECTIONS[connection];
  return (
    <Page
      title="Live events"
      description="What arrives, as it arrives. Everything is kept; this page shows the latest."
      actions={
        <>
          <State value={buffer.paused ? 'Paused' : label} tone={buffer.paused ? 'neutral' : tone} />
          <Button
            variant={buffer.paused ? 'filled' : 'default'}
            leftSection={<Icon name={buffer.paused ? 'play' : 'pause'} size={16} />}
            onClick={buffer.paused ? resume : pause}
          >
            {buffer.paused ? `Resume${held > 0 ? ` (${held} new)` : ''}` : 'Pause'}
          </Button>
        </>
      }
    >
      <Group gap="sm">
        <NativeSelect
          aria-label="Table"
          value={table ?? ''}
          onChange={(event) => setTable(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
          data={[
            { value: '', label: 'All tables' },
            ...(tables.data ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
        />
        <SegmentedControl aria-label="Whose" data={ACTORS} value={actors} onChange={setActors} />
        <TextInput
          aria-label="Search in what is shown"
          placeholder="Search in what is shown"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          className="grow"
        />
      </Group>
      {buffer.notHeld > 0 && (
        <Text size="sm" role="status">
          {buffer.notHeld} more arrived than can be held while paused. They are stored: find them on the Query page.
        </Text>
      )}
      <VisuallyHidden role="status">{connection === 'lost' ? label : ''}</VisuallyHidden>
      <div className="panel">
        {connection === 'connecting' && <ListLoading />}
        {connection !== 'connecting' && rows.length === 0 && <NothingYet received={buffer.received} />}
        {rows.length > 0 && (
          <div className="panel-scroll" role="region" aria-label="Events, newest first" tabIndex={0}>
            <Table highlightOnHover className={classes.table ?? ''}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>
                    <VisuallyHidden>Details</VisuallyHidden>
                  </Table.Th>
                  <Table.Th>Time</Table.Th>
                  <Table.Th>Event</Table.Th>
                  <Table.Th className="wide-only">Who</Table.Th>
                  <Table.Th className="wide-only">Where</Table.Th>
                  <Table.Th className="wide-only">From</Table.Th>
                  <Table.Th className="wide-only">Result</Table.Th>
                  <Table.Th className="wide-only">Table</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ event, summary }) => (
                  <EventRow key={event.uid} event={event} summary={summary} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
      </div>
    </Page>
  );
}

function NothingYet({ received }: { readonly received: number }) {
  if (received > 0)
    return (
      <EmptyNotice icon="live" title="Nothing matches">
        {received} events arrived, none that these filters let through.
      </EmptyNotice>
    );
  return (
    <EmptyNotice icon="live" title="Waiting for events">
      Send one with an API key: <code>POST /api/log_event</code>. It appears here at once.
    </EmptyNotice>
  );
}
