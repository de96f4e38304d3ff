import { readLiteral } from '@gatehouse/kql';
import { KQL_TYPES, type KqlType } from '@gatehouse/schema';
import type { ListColumn } from '../library.ts';
import { CsvFault, parseCsv, type CsvRecord } from './csv.ts';

/** Bounds of a list. */
export const LIST_BOUNDS = {
  lists: 200,
  items: 50_000,
  columns: 50,
  /** Characters of one item's values, as Sentinel bounds it. */
  itemLength: 10_240,
  csvLength: 16 * 2 ** 20,
} as const;

/** One thing that is wrong with what was given, and where. */
export interface Problem {
  /** 1-based line of a CSV; left out where it concerns the whole. */
  readonly line?: number;
  /** The column, where it is one column's. */
  readonly column?: string;
  readonly reason: string;
}

/** What an item says, before it has an id. */
export interface NewItem {
  readonly key: string;
  readonly values: Readonly<Record<string, string>>;
  readonly expiresMs: number | null;
}

export interface ListContents {
  readonly columns: readonly ListColumn[];
  readonly searchKey: string;
  readonly items: readonly NewItem[];
  /** The first ones; where there is any, nothing is kept. */
  readonly problems: readonly Problem[];
}

/** Names that every list has already. `SearchKey` may be a column where it is the key itself. */
const RESERVED: ReadonlySet<string> = new Set(['_dtitemid', 'lastupdatedtimeutc']);

/** A column of a CSV that is not kept as one: when the item expires. */
export const EXPIRY_COLUMN = '_ExpiresAt';

/** Problems that are told at once. */
const TOLD = 20;

export interface CsvOptions {
  /** Default: the first column. */
  readonly searchKey?: string | undefined;
  /** KQL types by column; a text otherwise. */
  readonly types?: Readonly<Record<string, string>> | undefined;
}

/** Reads the items of a CSV. Nothing is guessed and nothing is left out: what does not fit is a problem with its line. */
export function readContents(csv: string, options: CsvOptions): ListContents {
  const problems: Problem[] = [];
  const nothing = { columns: [], searchKey: options.searchKey ?? '', items: [], problems };
  let records: CsvRecord[];
  try {
    records = parseCsv(csv);
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    problems.push({ line: error.line, reason: error.message });
    return nothing;
  }
  const [header, ...rows] = records;
  if (header === undefined) {
    problems.push({ line: 1, reason: 'there is no header with the columns’ names' });
    return nothing;
  }
  const names = header.fields.map((field) => field.trim());
  const own = names.filter((name) => name !== EXPIRY_COLUMN);
  const searchKey = options.searchKey ?? own[0] ?? '';
  const columns = own.map((name): ListColumn => ({ name, type: (options.types?.[name] ?? 'string') as KqlType }));
  problems.push(...columnProblems(columns, searchKey).map((problem) => ({ line: header.line, ...problem })));
  for (const name of Object.keys(options.types ?? {}))
    if (!own.includes(name)) problems.push({ column: name, reason: 'has a type, and is no column of the header' });
  if (rows.length > LIST_BOUNDS.items)
    problems.push({ reason: `${rows.length} items are more than the ${LIST_BOUNDS.items} that a list may have` });
  if (problems.length > 0) return { ...nothing, searchKey, problems };
  const items: NewItem[] = [];
  for (const { line, fields } of rows) {
    if (problems.length >= TOLD) break;
    if (fields.length !== names.length) {
      problems.push({ line, reason: `has ${fields.length} fields, the header has ${names.length}` });
      continue;
    }
    const cells = names.map((name, index) => [name, fields[index] ?? ''] as const);
    const values = Object.fromEntries(cells.filter(([name]) => name !== EXPIRY_COLUMN));
    const expiry = cells.find(([name]) => name === EXPIRY_COLUMN)?.[1].trim() ?? '';
    const expiresMs = expiry === '' ? null : Date.parse(expiry);
    if (Number.isNaN(expiresMs)) problems.push({ line, column: EXPIRY_COLUMN, reason: 'is not an ISO 8601 time' });
    problems.push(...itemProblems(values, columns, searchKey).map((problem) => ({ line, ...problem })));
    items.push({ key: values[searchKey] ?? '', values, expiresMs });
  }
  return { columns, searchKey, items, problems: problems.slice(0, TOLD) };
}

export function columnProblems(columns: readonly ListColumn[], searchKey: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (columns.length === 0 || columns.length > LIST_BOUNDS.columns)
    problems.push({ reason: `a list has 1 to ${LIST_BOUNDS.columns} columns, not ${columns.length}` });
  const seen = new Set<string>();
  for (const { name, type } of columns) {
    const key = name.toLowerCase();
    if (name === '' || name.length > 128 || /[\p{Cc}\p{Cs}]/u.test(name))
      problems.push({ column: name, reason: 'a column’s name has 1 to 128 characters and no control characters' });
    if (seen.has(key)) problems.push({ column: name, reason: 'is there twice' });
    if (RESERVED.has(key) || (key === 'searchkey' && name !== searchKey))
      problems.push({ column: name, reason: 'is a column that every list has: take another name' });
    if (!KQL_TYPES.includes(type))
      problems.push({ column: name, reason: `the type is none of ${KQL_TYPES.join(', ')}` });
    seen.add(key);
  }
  if (columns.length > 0 && !columns.some(({ name }) => name === searchKey))
    problems.push({ column: searchKey, reason: 'is to be the search key, and is no column' });
  return problems;
}

/** What is wrong with an item's values. */
export function itemProblems(
  values: Readonly<Record<string, string>>,
  columns: readonly ListColumn[],
  searchKey: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const name of Object.keys(values))
    if (!columns.some((column) => column.name === name))
      problems.push({ column: name, reason: 'is no column of the list' });
  if ((values[searchKey] ?? '').trim() === '')
    problems.push({ column: searchKey, reason: 'is the search key and empty' });
  for (const { name, type } of columns) {
    const text = values[name] ?? '';
    if (!fits(text, type)) problems.push({ column: name, reason: `is not a ${type}: ${text.slice(0, 40)}` });
  }
  const length = Object.values(values).reduce((sum, text) => sum + text.length, 0);
  if (length > LIST_BOUNDS.itemLength)
    problems.push({ reason: `has ${length} characters; an item may have ${LIST_BOUNDS.itemLength}` });
  return problems;
}

/** An empty field is null. */
function fits(text: string, type: KqlType): boolean {
  if (text === '' || type === 'string') return true;
  if (type === 'dynamic') return isJson(text);
  return readLiteral(type, text) !== undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
