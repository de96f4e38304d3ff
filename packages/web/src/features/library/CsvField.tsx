import { FileInput, Stack, Table, Text, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { watchlistPreviewQuery } from './library.ts';
import classes from './library.module.css';

const CHECK_AFTER_MS = 400;

/** Longest text that is shown for editing; a longer one is uploaded as the file has it. */
const EDITED_LENGTH = 100_000;

/** A CSV from a file or typed, with what it would make and what is wrong with it. */
export function CsvField({
  csv,
  searchKey,
  onChange,
}: {
  readonly csv: string;
  readonly searchKey: string | undefined;
  readonly onChange: (csv: string) => void;
}) {
  const [settled] = useDebouncedValue(csv, CHECK_AFTER_MS);
  const preview = useQuery({ ...watchlistPreviewQuery(settled, searchKey), enabled: settled !== '' });
  return (
    <Stack gap="sm">
      <FileInput
        label="CSV file"
        description="A header with the columns' names, then one item a line. The column _ExpiresAt says when an item ends."
        accept=".csv,text/csv"
        clearable
        onChange={(file) => {
          if (file !== null) void file.text().then(onChange);
        }}
      />
      {csv.length <= EDITED_LENGTH && (
        <Textarea
          label="CSV"
          placeholder={'UserPrincipalName,Tier\nann@contoso.example,gold'}
          autosize
          minRows={4}
          maxRows={10}
          value={csv}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      <div aria-live="polite">
        {preview.data?.problems.map((problem) => (
          <Text key={problem} size="sm" className={classes.fault ?? ''}>
            {problem}
          </Text>
        ))}
        {preview.data !== undefined && settled !== '' && preview.data.problems.length === 0 && (
          <Text size="sm">
            {preview.data.items} items, searched by {preview.data.searchKey}.
          </Text>
        )}
      </div>
      {preview.data !== undefined && preview.data.rows.length > 0 && settled !== '' && (
        <ItemTable
          label="Preview"
          columns={preview.data.columns.map(({ name }) => name)}
          rows={preview.data.rows.map((cells, index) => ({ id: String(index), cells }))}
        />
      )}
    </Stack>
  );
}

/** Items in a table that scrolls, also by the keyboard. */
export function ItemTable({
  label,
  columns,
  rows,
}: {
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly id: string; readonly cells: readonly string[] }[];
}) {
  return (
    <section className={classes.scroll} tabIndex={0} aria-label={label}>
      <Table striped>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, cells }) => (
            <Table.Tr key={id}>
              {columns.map((name, index) => (
                <Table.Td key={name}>{cells[index]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
