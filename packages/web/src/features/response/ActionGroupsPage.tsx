import { Button, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActionGroup } from '../../api/types.ts';
import { ConfirmButton } from '../../components/ConfirmButton.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Icon } from '../../components/Icon.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { NeedsCompany } from '../../components/NeedsCompany.tsx';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { State } from '../../components/Severity.tsx';
import { useCompany } from '../identity/company.tsx';
import { ActionGroupDialog } from './ActionGroupDialog.tsx';
import { actionGroupsQuery, useDeleteActionGroup, useTestActionGroup } from './response.ts';
import classes from './ActionGroupsPage.module.css';

/** Who is told when a rule finds something. */
export function ActionGroupsPage() {
  const { selected, may } = useCompany();
  const [edited, setEdited] = useState<ActionGroup | 'new' | undefined>(undefined);
  return (
    <Page
      title="Action groups"
      description="Who is told when a rule finds something, by mail and by webhook."
      actions={
        selected !== undefined &&
        may('actions.manage') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEdited('new')}>
            New group
          </Button>
        )
      }
    >
      {selected === undefined ? <NeedsCompany what="Action groups" /> : <GroupList onEdit={setEdited} />}
      <ActionGroupDialog edited={edited} onClose={() => setEdited(undefined)} />
    </Page>
  );
}

function GroupList({ onEdit }: { readonly onEdit: (group: ActionGroup) => void }) {
  const groups = useQuery(actionGroupsQuery);
  if (groups.isError) return <ErrorNotice error={groups.error} onRetry={() => void groups.refetch()} />;
  if (groups.isPending)
    return (
      <div className="panel">
        <ListLoading />
      </div>
    );
  if (groups.data.length === 0)
    return (
      <div className="panel">
        <EmptyNotice icon="bell" title="Nobody is told yet">
          Make a group with the people who should get a mail, or a webhook, for each alert.
        </EmptyNotice>
      </div>
    );
  return (
    <ul className={classes.list}>
      {groups.data.map((group) => (
        <GroupCard key={group.id} group={group} onEdit={() => onEdit(group)} />
      ))}
    </ul>
  );
}

function GroupCard({ group, onEdit }: { readonly group: ActionGroup; readonly onEdit: () => void }) {
  const { may } = useCompany();
  const remove = useDeleteActionGroup();
  const test = useTestActionGroup();
  return (
    <li className={`panel ${classes.card ?? ''}`}>
      <Group justify="space-between" align="flex-start">
        <Title order={2} size="h5">
          {group.name}
        </Title>
        <State value={group.enabled ? 'On' : 'Off'} tone={group.enabled ? 'good' : 'neutral'} />
      </Group>
      <Facts
        facts={[
          { name: 'Mail to', value: <LogValue value={group.recipients.join(', ')} wrap /> },
          {
            name: 'Alerts',
            value: group.minimumSeverity === 'Informational' ? 'every severity' : `${group.minimumSeverity} and above`,
          },
          { name: 'Webhook', value: <LogValue value={group.webhookUrl} wrap /> },
        ]}
      />
      {test.isError && <ErrorNotice error={test.error} title="The test was not sent" />}
      {test.isSuccess && (
        <Text size="sm" role="status">
          A test is on its way. Whether it arrived stands under Deliveries.
        </Text>
      )}
      {may('actions.manage') && (
        <Group gap="xs" mt="auto">
          <Button size="xs" variant="default" onClick={onEdit}>
            Change
          </Button>
          <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate(group.id)}>
            Send a test
          </Button>
          <ConfirmButton
            label="Delete"
            question={`Delete ${group.name}? Nobody in it is told of alerts any more.`}
            isBusy={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate(group.id)}
          />
        </Group>
      )}
    </li>
  );
}
