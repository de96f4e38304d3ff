import { Group, NativeSelect, SegmentedControl, Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Alert } from '../../api/types.ts';
import { AnchorLink } from '../../components/links.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { MorePages } from '../../components/MorePages.tsx';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { Severity, State } from '../../components/Severity.tsx';
import { Time } from '../../components/Time.tsx';
import { useCompany } from '../identity/company.tsx';
import {
  ALERT_STATUSES,
  alertsQuery,
  isSeverity,
  isStatus,
  SEVERITIES,
  STATUS_LOOK,
  type AlertFilter,
} from './alerts.ts';

const route = getRouteApi('/console/alerts');

/** What the rules found, the newest first. */
export function AlertsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter: AlertFilter = {
    status: isStatus(search.status) ? search.status : undefined,
    severity: isSeverity(search.severity) ? search.severity : undefined,
  };
  const set = (change: { status?: string; severity?: string }) => {
    const next = { ...search, ...change };
    void navigate({
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')),
      replace: true,
    });
  };
  return (
    <Page title="Alerts" description="What the rules found, the newest first.">
      <Group gap="sm">
        <SegmentedControl
          aria-label="Status"
          value={filter.status ?? ''}
          onChange={(status) => set({ status })}
          data={[
            { value: '', label: 'All' },
            ...ALERT_STATUSES.map((status) => ({ value: status, label: STATUS_LOOK[status].label })),
          ]}
        />
        <NativeSelect
          aria-label="Severity"
          value={filter.severity ?? ''}
          onChange={(event) => set({ severity: event.currentTarget.value })}
          data={[{ value: '', label: 'Any severity' }, ...SEVERITIES]}
        />
      </Group>
      <AlertList filter={filter} />
    </Page>
  );
}

function aboutWhom(alert: Alert): string {
  return alert.entities.map(({ identifiers }) => Object.values(identifiers).join(' ')).join(', ');
}

function AlertList({ filter }: { readonly filter: AlertFilter }) {
  const { session, nameOf } = useCompany();
  const alerts = useInfiniteQuery(alertsQuery(filter));
  if (alerts.isPending)
    return (
      <div className="panel">
        <ListLoading />
      </div>
    );
  if (alerts.isError) return <ErrorNotice error={alerts.error} onRetry={() => void alerts.refetch()} />;
  const list = alerts.data.pages.flatMap((page) => page.alerts);
  if (list.length === 0)
    return (
      <div className="panel">
        <EmptyNotice
          icon="check"
          title={filter.status === undefined && filter.severity === undefined ? 'No alerts' : 'Nothing matches'}
        >
          The rules run all the time. What they find stands here, and goes to the company's action groups.
        </EmptyNotice>
      </div>
    );
  const severalCompanies = session.companies.length > 1;
  return (
    <div className="panel">
      <div className="panel-scroll" role="region" aria-label="Alerts, newest first" tabIndex={0}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Severity</Table.Th>
              <Table.Th>Alert</Table.Th>
              {severalCompanies && <Table.Th className="wide-only">Company</Table.Th>}
              <Table.Th className="wide-only">About</Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Th className="wide-only">Status</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.map((alert) => (
              <Table.Tr key={alert.id}>
                <Table.Td>
                  <Severity value={alert.severity} />
                </Table.Td>
                <Table.Td>
                  <AnchorLink to="/alerts/$alertId" params={{ alertId: alert.id }} fw={600} size="sm">
                    <LogValue value={alert.title} wrap />
                  </AnchorLink>
                  <div className="narrow-only">
                    {STATUS_LOOK[alert.status].label} · <LogValue value={aboutWhom(alert)} />
                  </div>
                </Table.Td>
                {severalCompanies && (
                  <Table.Td className="wide-only">
                    <LogValue value={nameOf(alert.company)} />
                  </Table.Td>
                )}
                <Table.Td className="wide-only">
                  <LogValue value={aboutWhom(alert)} />
                </Table.Td>
                <Table.Td>
                  <Time at={alert.createdAt} />
                </Table.Td>
                <Table.Td className="wide-only">
                  <State value={STATUS_LOOK[alert.status].label} tone={STATUS_LOOK[alert.status].tone} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <MorePages
        hasMore={alerts.hasNextPage}
        isLoading={alerts.isFetchingNextPage}
        onMore={() => void alerts.fetchNextPage()}
      />
    </div>
  );
}
