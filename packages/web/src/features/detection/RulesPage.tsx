import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Rule } from '../../api/types.ts';
import { AnchorLink } from '../../components/links.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { Severity, State } from '../../components/Severity.tsx';
import { Time } from '../../components/Time.tsx';
import { flowing } from '../../components/visibleText.ts';
import { formatSpan } from './formatSpan.ts';
import { ruleHealth } from './ruleHealth.ts';
import { rulesQuery } from './rules.ts';
import classes from './RulesPage.module.css';

/** What is looked for, how often, and whether the looking works. */
export function RulesPage() {
  const rules = useQuery(rulesQuery);
  return (
    <Page
      title="Rules"
      description="What is looked for, how often, and whether the looking works. Rules are files in the server's rules folder."
    >
      {rules.isError && <ErrorNotice error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isPending && (
        <div className="panel">
          <ListLoading />
        </div>
      )}
      {rules.isSuccess && rules.data.length === 0 && (
        <div className="panel">
          <EmptyNotice icon="rule" title="No rules">
            The server found no rules in its rules folder.
          </EmptyNotice>
        </div>
      )}
      {rules.isSuccess && rules.data.length > 0 && (
        <ul className={classes.list}>
          {rules.data.map((rule) => (
            <RuleCard key={rule.id} rule={rule} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function RuleCard({ rule }: { readonly rule: Rule }) {
  const health = ruleHealth(rule);
  return (
    <li className={`panel ${classes.card ?? ''}`}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Title order={2} size="h5">
          {rule.name}
        </Title>
        <Group gap="md">
          <Severity value={rule.severity} />
          <State value={health.label} tone={health.tone} />
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        <LogValue value={flowing(rule.description)} wrap />
      </Text>
      {rule.lastError !== null && (
        <Text size="sm" className={classes.error ?? ''} component="div">
          <LogValue value={rule.lastError} wrap />
        </Text>
      )}
      <Group gap="md" justify="space-between">
        <Group gap="xs">
          {rule.tactics.map((tactic) => (
            <Badge key={tactic} variant="default" tt="none" fw={500}>
              {tactic}
            </Badge>
          ))}
        </Group>
        <Stack gap={0} align="flex-start">
          <Text size="xs" c="dimmed">
            every {formatSpan(rule.frequencySeconds)} over {formatSpan(rule.periodSeconds)} ·{' '}
            {rule.lastRunAt === null ? (
              'not run yet'
            ) : (
              <>
                last run <Time at={rule.lastRunAt} ago />
              </>
            )}
          </Text>
          <AnchorLink to="/query" search={{ query: rule.query, timespan: '' }} size="xs">
            Open the query
          </AnchorLink>
        </Stack>
      </Group>
    </li>
  );
}
