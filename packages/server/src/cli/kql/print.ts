/** Widest a cell is printed; what is longer ends in an ellipsis. */
const MAX_CELL = 120;

const NUMERIC: ReadonlySet<string> = new Set(['int', 'long', 'real', 'decimal']);

/** Letters that would move the cursor or break the line; a stored event may hold any. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

function cell(value: unknown): string {
  const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const shown = text.replace(CONTROL, (character) => (character === '\n' ? '↵' : character === '\t' ? ' ' : '�'));
  return shown.length > MAX_CELL ? `${shown.slice(0, MAX_CELL - 1)}…` : shown;
}

/** A result as text: a line of names, a rule, a line a row, numbers to the right, and how many rows there are. */
export function formatTable(
  columns: readonly { readonly name: string; readonly type: string }[],
  rows: readonly (readonly unknown[])[],
): string {
  const cells = rows.map((row) => row.map(cell));
  const widths = columns.map((column, index) =>
    cells.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), column.name.length),
  );
  const line = (texts: readonly string[]) =>
    columns
      .map(({ type }, index) => {
        const text = texts[index] ?? '';
        return NUMERIC.has(type) ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
      })
      .join('  ')
      .trimEnd();
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`;
  const names = columns.map((column) => column.name);
  return [line(names), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line), count].join('\n');
}
