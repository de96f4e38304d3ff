import { Button, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKey } from '../../api/types.ts';
import { ConfirmButton } from '../../components/ConfirmButton.tsx';
import { Icon } from '../../components/Icon.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { NeedsCompany } from '../../components/NeedsCompany.tsx';
import { EmptyNotice, ErrorNotice, ListLoading } from '../../components/notices.tsx';
import { Page } from '../../components/Page.tsx';
import { State } from '../../components/Severity.tsx';
import { Time } from '../../components/Time.tsx';
import { useCompany } from './company.tsx';
import { KEY_SCOPES, keysQuery, stateOfKey, useRevokeKey } from './keys.ts';
import { NewKeyDialog } from './NewKeyDialog.tsx';

/** With what agents and applications send, and programs read. */
export function KeysPage() {
  const { selected } = useCompany();
  const [opened, dialog] = useDisclosure();
  return (
    <Page
      title="API keys"
      description="With what agents and applications send, and programs read. A key is shown once, when it is made."
      actions={
        selected !== undefined && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={dialog.open}>
            New key
          </Button>
        )
      }
    >
      {selected === undefined ? <NeedsCompany what="API keys" /> : <KeyList />}
      {selected !== undefined && <NewKeyDialog opened={opened} onClose={dialog.close} companyName={selected.name} />}
    </Page>
  );
}

function KeyList() {
  const keys = useQuery(keysQuery);
  if (keys.isPending)
    return (
      <div className="panel">
        <ListLoading />
      </div>
    );
  if (keys.isError) return <ErrorNotice error={keys.error} onRetry={() => void keys.refetch()} />;
  if (keys.data.length === 0)
    return (
      <div className="panel">
        <EmptyNotice icon="key" title="No keys yet">
          Make one for each sender, so that you can take back one without stopping the others.
        </EmptyNotice>
      </div>
    );
  return (
    <div className="panel">
      <div className="panel-scroll" role="region" aria-label="API keys" tabIndex={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Mark</Table.Th>
              <Table.Th>May</Table.Th>
              <Table.Th>Made</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Actions</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {keys.data.map((key) => (
              <KeyLine key={key.id} apiKey={key} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  );
}

function KeyLine({ apiKey }: { readonly apiKey: ApiKey }) {
  const revoke = useRevokeKey();
  const [nowMs] = useState(() => Date.now());
  const state = stateOfKey(apiKey, nowMs);
  const scopes = apiKey.scopes.map((scope) => KEY_SCOPES.find(({ value }) => value === scope)?.label ?? scope);
  return (
    <Table.Tr>
      <Table.Td>
        <LogValue value={apiKey.name} />
      </Table.Td>
      <Table.Td>
        <code>{apiKey.prefix}</code>
      </Table.Td>
      <Table.Td>{scopes.join(', ')}</Table.Td>
      <Table.Td>
        <Time at={apiKey.createdAt} />
      </Table.Td>
      <Table.Td>
        {apiKey.lastUsedAt === null ? <Text size="sm">never</Text> : <Time at={apiKey.lastUsedAt} ago />}
      </Table.Td>
      <Table.Td>
        <State value={state} tone={state === 'Active' ? 'good' : 'neutral'} />
      </Table.Td>
      <Table.Td>
        {state === 'Active' && (
          <ConfirmButton
            label="Revoke"
            question={`Revoke ${apiKey.name}? What sends with it is refused from now on; this cannot be taken back.`}
            isBusy={revoke.isPending}
            error={revoke.error}
            onConfirm={() => revoke.mutate(apiKey.id)}
          />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
