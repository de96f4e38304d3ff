import { Alert, Button, Group, Kbd, NativeSelect, Skeleton, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState } from 'react';
import { Icon } from '../../components/Icon.tsx';
import { EmptyNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { QueryError } from './QueryError.tsx';
import { ResultTable } from './ResultTable.tsx';
import { choicesWith, DEFAULT_TIMESPAN } from './timespans.ts';
import { useRunQuery } from './useRunQuery.ts';

const QueryEditor = lazy(() => import('./QueryEditor.tsx'));
const route = getRouteApi('/console/query');

/** Questions to the store in KQL. The question stays in the address, so that it can be sent to a colleague. */
export function QueryPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [initial] = useState(search.query ?? '');
  const [text, setText] = useState(initial);
  const [timespan, setTimespan] = useState(search.timespan ?? DEFAULT_TIMESPAN);
  const { mutate, cancel, isPending, isError, error, data } = useRunQuery();
  const run = useCallback(() => {
    if (text.trim() === '') return;
    mutate({ query: text, timespan });
    void navigate({ search: { query: text, timespan }, replace: true });
  }, [mutate, navigate, text, timespan]);
  return (
    <Page
      title="Query"
      description="KQL over everything that was collected. It reads only; it cannot change or leave your companies."
    >
      <Suspense fallback={<Skeleton height={172} radius="md" />}>
        <QueryEditor initial={initial} onChange={setText} onRun={run} />
      </Suspense>
      <Group gap="sm">
        {isPending ? (
          <Button color="red" variant="outline" leftSection={<Icon name="stop" size={16} />} onClick={cancel}>
            Cancel
          </Button>
        ) : (
          <Button leftSection={<Icon name="play" size={16} />} onClick={run} disabled={text.trim() === ''}>
            Run
          </Button>
        )}
        <NativeSelect
          aria-label="Time span"
          value={timespan}
          onChange={(event) => setTimespan(event.currentTarget.value)}
          data={[...choicesWith(timespan)]}
        />
        <Text size="xs" c="dimmed" visibleFrom="sm">
          <Kbd>Shift</Kbd> or <Kbd>Ctrl</Kbd> + <Kbd>Enter</Kbd> runs, <Kbd>Ctrl</Kbd> + <Kbd>Space</Kbd> proposes,{' '}
          <Kbd>Shift</Kbd> + <Kbd>Alt</Kbd> + <Kbd>F</Kbd> lays out, <Kbd>F12</Kbd> shows a definition
        </Text>
      </Group>
      {isPending ? (
        <div className="panel">
          <ListLoading />
        </div>
      ) : (
        data !== undefined && <Result {...data} />
      )}
      {isError && <QueryError error={error} />}
    </Page>
  );
}

function Result({ answer, tookMs }: NonNullable<ReturnType<typeof useRunQuery>['data']>) {
  const [table] = answer.tables;
  const rows = table?.rows ?? [];
  return (
    <>
      <Text size="sm" c="dimmed" role="status">
        {rows.length} {rows.length === 1 ? 'row' : 'rows'} in {Math.round(tookMs)} ms
      </Text>
      {answer.error !== undefined && (
        <Alert color="orange" variant="outline" title={answer.error.message} className="notice">
          {answer.error.details.map(({ innererror }) => (
            <Text key={innererror.code} size="sm">
              {innererror.message}
            </Text>
          ))}
        </Alert>
      )}
      {table === undefined || rows.length === 0 ? (
        <div className="panel">
          <EmptyNotice icon="inbox" title="No rows">
            Nothing matches in this time span.
          </EmptyNotice>
        </div>
      ) : (
        <ResultTable columns={table.columns} rows={rows} />
      )}
    </>
  );
}
