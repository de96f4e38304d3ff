/** A record of a CSV with the line that it begins on. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What is wrong with a CSV, and where. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/**
 * Reads a CSV after RFC 4180: fields apart by commas, records by line breaks (CRLF or LF), quotes around what holds either,
 * doubled within. A byte order mark is passed over, and so are lines without any text.
 * @throws CsvFault with the line.
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const startLine = line;
    const fields: string[] = [];
    for (;;) {
      const field = text[at] === '"' ? quotedField(text, at, line) : plainField(text, at, line);
      fields.push(field.value);
      ({ at, line } = field);
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    at += 1;
    line += 1;
    if (fields.length > 1 || fields[0]?.trim() !== '') records.push({ line: startLine, fields });
  }
  return records;
}

interface Field {
  readonly value: string;
  readonly at: number;
  readonly line: number;
}

const PLAIN = /[^,"\r\n]*/y;

function plainField(text: string, start: number, line: number): Field {
  PLAIN.lastIndex = start;
  const value = PLAIN.exec(text)?.[0] ?? '';
  const at = start + value.length;
  if (text[at] === '"') throw new CsvFault(line, 'a quote stands inside a field that does not begin with one');
  if (text[at] === '\r' && text[at + 1] !== '\n') throw new CsvFault(line, 'a carriage return stands alone');
  return { value, at, line };
}

function quotedField(text: string, start: number, startLine: number): Field {
  const parts: string[] = [];
  let at = start + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) throw new CsvFault(startLine, 'a quoted field is never closed');
    parts.push(text.slice(at, end));
    at = end + 1;
    if (text[at] !== '"') break;
    parts.push('"');
    at += 1;
  }
  const value = parts.join('');
  const line = startLine + (value.match(/\n/g)?.length ?? 0);
  const next = text[at];
  if (next !== undefined && next !== ',' && next !== '\n' && !(next === '\r' && text[at + 1] === '\n'))
    throw new CsvFault(line, 'text stands after the closing quote of a field');
  return { value, at, line };
}

/** A CSV of these records; every field that needs quotes has them. */
export function formatCsv(records: readonly (readonly string[])[]): string {
  const field = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return records.map((fields) => `${fields.map(field).join(',')}\r\n`).join('');
}
