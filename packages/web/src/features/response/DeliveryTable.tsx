import { Table, Text } from '@mantine/core';
import type { Delivery } from '../../api/types.ts';
import { AnchorLink } from '../../components/links.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { State } from '../../components/Severity.tsx';
import { Time } from '../../components/Time.tsx';

const STATES: Record<Delivery['state'], { readonly label: string; readonly tone: 'good' | 'busy' | 'bad' }> = {
  waiting: { label: 'Waiting', tone: 'busy' },
  delivered: { label: 'Delivered', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
};

export function DeliveryTable({
  deliveries,
  withAlert,
}: {
  readonly deliveries: readonly Delivery[];
  readonly withAlert: boolean;
}) {
  return (
    <div className="panel-scroll" role="region" aria-label="Deliveries, newest first" tabIndex={0}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>State</Table.Th>
            {withAlert && <Table.Th>Alert</Table.Th>}
            <Table.Th>To</Table.Th>
            <Table.Th>Attempts</Table.Th>
            <Table.Th>Why not</Table.Th>
            <Table.Th>Queued</Table.Th>
            <Table.Th>Delivered</Table.Th>
            <Table.Th>Group</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deliveries.map((delivery) => (
            <Table.Tr key={delivery.id}>
              <Table.Td>
                <State value={STATES[delivery.state].label} tone={STATES[delivery.state].tone} />
              </Table.Td>
              {withAlert && (
                <Table.Td>
                  {delivery.alertId === null ? (
                    <Text size="sm">Test</Text>
                  ) : (
                    <AnchorLink to="/alerts/$alertId" params={{ alertId: delivery.alertId }} size="sm">
                      <LogValue value={delivery.alertTitle} />
                    </AnchorLink>
                  )}
                </Table.Td>
              )}
              <Table.Td>
                <LogValue value={delivery.target} />
              </Table.Td>
              <Table.Td>{delivery.attempts}</Table.Td>
              <Table.Td>
                <LogValue value={delivery.lastError} />
              </Table.Td>
              <Table.Td>
                <Time at={delivery.createdAt} />
              </Table.Td>
              <Table.Td>
                {delivery.deliveredAt === null ? <LogValue value="" /> : <Time at={delivery.deliveredAt} />}
              </Table.Td>
              <Table.Td>
                <LogValue value={delivery.groupName} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
