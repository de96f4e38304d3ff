import { ActionIcon, Table } from '@mantine/core';
import { memo, useState } from 'react';
import { Icon } from '../../components/Icon.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { RowFields } from '../../components/RowFields.tsx';
import { Time } from '../../components/Time.tsx';
import type { EventSummary } from './eventSummary.ts';
import type { LiveEvent } from './liveBuffer.ts';
import classes from './EventRow.module.css';

/** One event in a line; opened, all its fields. */
export const EventRow = memo(
  function EventRow({ event, summary }: { readonly event: LiveEvent; readonly summary: EventSummary }) {
    const [open, setOpen] = useState(false);
    return (
      <>
        <Table.Tr>
          <Table.Td w={40}>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label="All fields"
              aria-expanded={open}
              onClick={() => setOpen((current) => !current)}
            >
              <Icon name={open ? 'down' : 'right'} size={16} />
            </ActionIcon>
          </Table.Td>
          <Table.Td>
            <Time at={summary.time} />
          </Table.Td>
          <Table.Td>
            <LogValue value={summary.what} />
            <div className="narrow-only">
              <LogValue
                value={[summary.who, summary.where, summary.address, summary.result].filter(Boolean).join(' · ')}
              />
            </div>
          </Table.Td>
          <Table.Td className="wide-only">
            <span className={classes.who}>
              {summary.actor !== undefined && (
                <span
                  className={classes.actor}
                  title={summary.actor === 'people' ? 'a person' : 'a machine or service'}
                >
                  <Icon name={summary.actor === 'people' ? 'user' : 'machine'} size={15} />
                </span>
              )}
              <LogValue value={summary.who} />
            </span>
          </Table.Td>
          <Table.Td className="wide-only">
            <LogValue value={summary.where} />
          </Table.Td>
          <Table.Td className="wide-only">
            <LogValue value={summary.address} />
          </Table.Td>
          <Table.Td className="wide-only">
            <LogValue value={summary.result} />
          </Table.Td>
          <Table.Td className="wide-only">
            <LogValue value={event.table} />
          </Table.Td>
        </Table.Tr>
        {open && (
          <Table.Tr>
            <Table.Td colSpan={8}>
              <RowFields row={event.row} />
            </Table.Td>
          </Table.Tr>
        )}
      </>
    );
  },
  (before, after) => before.event === after.event,
);
