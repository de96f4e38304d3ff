import { Button, Group, Table, Text, UnstyledButton } from '@mantine/core';
import {
  createPaginatedRowModel,
  createSortedRowModel,
  rowPaginationFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import { Icon } from '../../components/Icon.tsx';
import { LogValue } from '../../components/LogValue.tsx';
import { Time } from '../../components/Time.tsx';
import { compareValues } from './compareValues.ts';
import classes from './ResultTable.module.css';

const PAGE_ROWS = 100;

const features = tableFeatures({
  rowPaginationFeature,
  rowSortingFeature,
  paginatedRowModel: createPaginatedRowModel(),
  sortedRowModel: createSortedRowModel(),
});

export interface ResultColumn {
  readonly name: string;
  /** Kusto's name of the type, e.g. `datetime`. */
  readonly type: string;
}

type Row = readonly unknown[];

const NUMERIC = new Set(['int', 'long', 'real', 'decimal']);

/** A query's rows, a page at a time, sortable by every column (numbers as numbers, times as times). */
export function ResultTable({
  columns,
  rows,
}: {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly Row[];
}) {
  const definitions = useMemo(
    () =>
      columns.map(({ name, type }, index): ColumnDef<typeof features, Row> => ({
        id: String(index),
        header: name,
        accessorFn: (row) => row[index],
        sortFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id), type),
        sortUndefined: 'last',
      })),
    [columns],
  );
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    initialState: { pagination: { pageIndex: 0, pageSize: PAGE_ROWS } },
  });
  const { pageIndex } = table.state.pagination;
  const first = pageIndex * PAGE_ROWS;
  return (
    <div className="panel">
      <div className="panel-scroll" role="region" aria-label="Result" tabIndex={0}>
        <Table highlightOnHover className={classes.table ?? ''}>
          <Table.Thead>
            {table.getHeaderGroups().map((group) => (
              <Table.Tr key={group.id}>
                {group.headers.map((header, index) => {
                  const sorted = header.column.getIsSorted();
                  return (
                    <Table.Th
                      key={header.id}
                      className={NUMERIC.has(columns[index]?.type ?? '') ? (classes.number ?? '') : ''}
                      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
                    >
                      <UnstyledButton className={classes.sort ?? ''} onClick={header.column.getToggleSortingHandler()}>
                        <span>{columns[index]?.name}</span>
                        <span className={classes.type}>{columns[index]?.type}</span>
                        {sorted !== false && (
                          <span className={classes.direction} data-direction={sorted}>
                            <Icon name="down" size={14} />
                          </span>
                        )}
                      </UnstyledButton>
                    </Table.Th>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Thead>
          <Table.Tbody>
            {table.getRowModel().rows.map((row) => (
              <Table.Tr key={row.id}>
                {columns.map((column, index) => (
                  <Table.Td key={index} className={NUMERIC.has(column.type) ? (classes.number ?? '') : ''}>
                    <Cell value={row.original[index]} type={column.type} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {rows.length > PAGE_ROWS && (
        <Group justify="space-between" p="sm" className={classes.pages ?? ''}>
          <Text size="sm" c="dimmed" role="status">
            {first + 1}–{Math.min(first + PAGE_ROWS, rows.length)} of {rows.length}
          </Text>
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="left" size={14} />}
              disabled={!table.getCanPreviousPage()}
              onClick={() => table.previousPage()}
            >
              Before
            </Button>
            <Button
              size="xs"
              variant="default"
              rightSection={<Icon name="right" size={14} />}
              disabled={!table.getCanNextPage()}
              onClick={() => table.nextPage()}
            >
              Next
            </Button>
          </Group>
        </Group>
      )}
    </div>
  );
}

function Cell({ value, type }: { readonly value: unknown; readonly type: string }) {
  if (type === 'datetime' && typeof value === 'string') return <Time at={value} />;
  return <LogValue value={value} />;
}
