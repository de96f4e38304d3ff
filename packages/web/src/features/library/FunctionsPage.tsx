import { Badge, Button, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StoredFunction } from '../../api/types.ts';
import { ConfirmButton } from '../../components/ConfirmButton.tsx';
import { Facts } from '../../components/Facts.tsx';
import { Icon } from '../../components/Icon.tsx';
import { NeedsCompany } from '../../components/NeedsCompany.tsx';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { Time } from '../../components/Time.tsx';
import { useCompany } from '../identity/company.tsx';
import { FunctionDialog } from './FunctionDialog.tsx';
import { functionsQuery, useDeleteFunction } from './library.ts';
import classes from './library.module.css';

/** Queries with a name, to be used in others and in rules. */
export function FunctionsPage() {
  const { selected, may } = useCompany();
  const [edited, setEdited] = useState<StoredFunction | 'new' | undefined>(undefined);
  return (
    <Page
      title="Functions"
      description="Queries with a name and parameters: used in other queries and in rules."
      actions={
        selected !== undefined &&
        may('library.manage') && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setEdited('new')}>
            New function
          </Button>
        )
      }
    >
      {selected === undefined ? <NeedsCompany what="Functions" /> : <FunctionList onEdit={setEdited} />}
      <FunctionDialog edited={edited} onClose={() => setEdited(undefined)} />
    </Page>
  );
}

function FunctionList({ onEdit }: { readonly onEdit: (one: StoredFunction) => void }) {
  const functions = useQuery(functionsQuery);
  if (functions.isError) return <ErrorNotice error={functions.error} onRetry={() => void functions.refetch()} />;
  if (functions.isPending)
    return (
      <div className="panel">
        <ListLoading />
      </div>
    );
  if (functions.data.length === 0)
    return (
      <div className="panel">
        <EmptyNotice icon="function" title="No functions yet">
          Give a query a name, and use it in others: <code>failedSignins(7) | count</code>.
        </EmptyNotice>
      </div>
    );
  return (
    <ul className={classes.list}>
      {functions.data.map((one) => (
        <FunctionCard key={one.id} stored={one} onEdit={() => onEdit(one)} />
      ))}
    </ul>
  );
}

function FunctionCard({ stored, onEdit }: { readonly stored: StoredFunction; readonly onEdit: () => void }) {
  const { may } = useCompany();
  const remove = useDeleteFunction();
  return (
    <li className={`panel ${classes.card ?? ''}`}>
      <Group justify="space-between" align="flex-start">
        <Title order={2} size="h5" className={classes.name ?? ''}>
          {stored.name}
          {stored.parameters === '' ? '()' : stored.parameters}
        </Title>
        {stored.company === null && <Badge variant="outline">every company</Badge>}
      </Group>
      {stored.description !== '' && <Text size="sm">{stored.description}</Text>}
      <pre className={classes.code}>{stored.body}</pre>
      <Facts
        facts={[
          { name: 'Owner', value: stored.owner },
          { name: 'Version', value: String(stored.version) },
          { name: 'Changed', value: <Time at={stored.updatedAt} /> },
        ]}
      />
      {may('library.manage') && (
        <Group gap="xs" mt="auto">
          <Button size="xs" variant="default" aria-label={`Change ${stored.name}`} onClick={onEdit}>
            Change
          </Button>
          <ConfirmButton
            label="Delete"
            question={`Delete ${stored.name}? Queries and rules that use it are refused from then on.`}
            isBusy={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate(stored.id)}
          />
        </Group>
      )}
    </li>
  );
}
