import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { AlertDetail } from '../../api/types.ts';
import { Icon } from '../../components/Icon.tsx';
import { AnchorLink, ButtonLink } from '../../components/links.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { ErrorNotice, PageLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { Severity, State } from '../../components/Severity.tsx';
import { Time } from '../../components/Time.tsx';
import { flowing } from '../../components/visibleText.ts';
import { useCompany } from '../identity/company.tsx';
import { ResultTable } from '../query/ResultTable.tsx';
import { DeliveriesOfAlert } from '../response/DeliveriesOfAlert.tsx';
import { alertQuery, STATUS_LOOK, useSetAlertStatus, type AlertStatus } from './alerts.ts';
import { Facts } from '../../components/Facts.tsx';
import classes from './AlertPage.module.css';

const route = getRouteApi('/console/alerts/$alertId');

/** One alert: what was found, about whom, the rows behind it, and who was told. */
export function AlertPage() {
  const { alertId } = route.useParams();
  const alert = useQuery(alertQuery(alertId));
  if (alert.isPending) return <PageLoading />;
  if (alert.isError)
    return (
      <Page title="Alert">
        <ErrorNotice error={alert.error} title="The alert cannot be shown" onRetry={() => void alert.refetch()} />
      </Page>
    );
  return <AlertView alert={alert.data} />;
}

/** What may be done with an alert in each status. */
const STEPS: Record<AlertStatus, readonly { readonly to: AlertStatus; readonly label: string }[]> = {
  new: [
    { to: 'acknowledged', label: 'Acknowledge' },
    { to: 'closed', label: 'Close' },
  ],
  acknowledged: [{ to: 'closed', label: 'Close' }],
  closed: [{ to: 'new', label: 'Reopen' }],
};

function AlertView({ alert }: { readonly alert: AlertDetail }) {
  const setStatus = useSetAlertStatus(alert.id);
  const { session, nameOf, may } = useCompany();
  const steps = may('alerts.write') ? STEPS[alert.status] : [];
  return (
    <Page
      title={alert.title}
      description={
        <Group gap="md" mt={4}>
          <Severity value={alert.severity} />
          <State value={STATUS_LOOK[alert.status].label} tone={STATUS_LOOK[alert.status].tone} />
          <AnchorLink to="/alerts" size="sm">
            All alerts
          </AnchorLink>
        </Group>
      }
      actions={steps.map(({ to, label }, index) => (
        <Button
          key={to}
          variant={index === 0 ? 'filled' : 'default'}
          loading={setStatus.isPending && setStatus.variables === to}
          onClick={() => setStatus.mutate(to)}
        >
          {label}
        </Button>
      ))}
    >
      {setStatus.isError && <ErrorNotice error={setStatus.error} title="The status was not changed" />}
      <div className={classes.columns}>
        <Stack gap="md" className={`panel ${classes.card ?? ''}`}>
          {alert.description !== '' && (
            <Text size="sm" component="div">
              <LogValue value={flowing(alert.description)} wrap />
            </Text>
          )}
          <Facts
            facts={[
              ...(session.companies.length > 1 ? [{ name: 'Company', value: nameOf(alert.company) }] : []),
              { name: 'Rule', value: <LogValue value={alert.ruleName} wrap /> },
              { name: 'Found', value: <Time at={alert.createdAt} /> },
              { name: 'First event', value: <Time at={alert.firstEventAt} /> },
              { name: 'Last event', value: <Time at={alert.lastEventAt} /> },
              { name: 'Rows', value: String(alert.rowCount) },
              ...(alert.tactics.length > 0 ? [{ name: 'Tactics', value: alert.tactics.join(', ') }] : []),
            ]}
          />
        </Stack>
        <Stack gap="md" className={`panel ${classes.card ?? ''}`}>
          <Title order={2} size="h5">
            About
          </Title>
          <Entities entities={alert.entities} />
        </Stack>
      </div>
      <Group justify="space-between">
        <Title order={2} size="h4">
          The rows behind it
        </Title>
        <ButtonLink
          to="/query"
          search={{ query: alert.query, timespan: `${isoOf(alert.windowStart)}/${isoOf(alert.windowEnd)}` }}
          variant="default"
          size="xs"
          leftSection={<Icon name="query" size={14} />}
        >
          Open the query
        </ButtonLink>
      </Group>
      <ResultTable columns={alert.columns} rows={alert.rows} />
      {alert.rowCount > alert.rows.length && (
        <Text size="sm" c="dimmed">
          The first {alert.rows.length} of {alert.rowCount} rows. The query shows all of them.
        </Text>
      )}
      <Title order={2} size="h4">
        Deliveries
      </Title>
      <DeliveriesOfAlert alertId={alert.id} />
    </Page>
  );
}

function isoOf(at: string | number): string {
  return typeof at === 'string' ? at : new Date(at).toISOString();
}

function Entities({ entities }: { readonly entities: AlertDetail['entities'] }) {
  if (entities.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The rule names nobody and nothing in particular.
      </Text>
    );
  return (
    <ul className={classes.entities}>
      {entities.map((entity) => (
        <li key={`${entity.type} ${JSON.stringify(entity.identifiers)}`}>
          <Text size="xs" c="dimmed">
            {entity.type}
          </Text>
          {Object.entries(entity.identifiers).map(([name, value]) => (
            <div key={name} className={classes.identifier}>
              <span className={classes.identifierName}>{name}</span> <LogValue value={value} wrap />
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}
