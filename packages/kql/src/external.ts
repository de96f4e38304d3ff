import type { ExternalPolicy, KqlType } from './catalogue.ts';

/** Formats of `externaldata` that are texts. Source: KQL documentation, "externaldata operator". */
export const EXTERNAL_FORMATS = ['csv', 'tsv', 'psv', 'scsv', 'sohsv', 'txt', 'raw', 'json', 'multijson'] as const;
export type ExternalFormat = (typeof EXTERNAL_FORMATS)[number];

/** How the parameters of fetched rows are called; a number follows. */
export const EXTERNAL_PARAMETER = 'external_';

/** One `externaldata`: what is to be fetched and how it is to be read. */
export interface ExternalRead {
  readonly parameter: string;
  /** Allowed addresses, read one after the other. */
  readonly addresses: readonly string[];
  readonly format: ExternalFormat;
  readonly ignoreFirstRecord: boolean;
  readonly columns: readonly { readonly name: string; readonly type: KqlType }[];
}

/** True where the address is a web address; otherwise it names a file. */
function isWeb(address: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(address);
}

/** Whether the policy lets an address be read: by its beginning, which ends at a slash, or as a file of the folder. */
export function allows(policy: ExternalPolicy, address: string): boolean {
  if (!isWeb(address)) return policy.files && !/^[\\/]|(?:^|[\\/])\.\.(?:[\\/]|$)|\0/.test(address);
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return false;
  // A server may read an escaped slash or dot as one: it would leave the beginning that is allowed.
  if (/%(?:2f|5c|2e)/i.test(url.pathname)) return false;
  return policy.addresses.some((beginning) => {
    const allowed = URL.parse(beginning);
    return (
      allowed !== null && (allowed.href.endsWith('/') ? url.href.startsWith(allowed.href) : url.href === allowed.href)
    );
  });
}

const SEPARATORS: Readonly<Partial<Record<ExternalFormat, string>>> = {
  csv: ',',
  tsv: '\t',
  psv: '|',
  scsv: ';',
  sohsv: '\u0001',
};

/**
 * Fetched texts as the bound rows of a read: JSON, an array of texts for each row. Throws a `SyntaxError` for a text that is
 * not of the format.
 */
export function externalRows(read: ExternalRead, texts: readonly string[]): string {
  return JSON.stringify(
    texts.flatMap((text) => {
      const records = recordsOf(read, text.replace(/^\uFEFF/, ''));
      return (read.ignoreFirstRecord ? records.slice(1) : records).map((record) =>
        read.columns.map(({ type }, index) => cell(record[index], type)),
      );
    }),
  );
}

function recordsOf({ format, columns }: ExternalRead, text: string): readonly (readonly unknown[])[] {
  switch (format) {
    case 'txt':
      return lines(text).map((line) => [line]);
    case 'raw':
      return [[text]];
    case 'json':
    case 'multijson':
      return jsonValues(text, format).map((value) => columns.map(({ name }) => propertyOf(value, name)));
    default:
      return separated(text, SEPARATORS[format] ?? ',');
  }
}

function lines(text: string): readonly string[] {
  const all = text.split(/\r\n|\n|\r/);
  if (all.at(-1) === '') all.pop();
  return all;
}

/** A line each, an array, or values one after the other. */
function jsonValues(text: string, format: ExternalFormat): readonly unknown[] {
  if (format === 'multijson') {
    try {
      const whole: unknown = JSON.parse(text);
      return Array.isArray(whole) ? (whole as unknown[]) : [whole];
    } catch {
      // Not one value: one on each line, as far as they go.
    }
  }
  return lines(text)
    .filter((line) => line.trim() !== '')
    .map((line): unknown => JSON.parse(line));
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Fields in quotes may hold separators, line breaks and doubled quotes. Empty lines are no records. */
function separated(text: string, separator: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  const end = (): void => {
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  };
  while (at <= text.length) {
    let field: string;
    if (text[at] === '"') {
      [field, at] = quoted(text, at + 1);
      const rest = plainEnd(text, at, separator);
      field += text.slice(at, rest);
      at = rest;
    } else {
      const rest = plainEnd(text, at, separator);
      field = text.slice(at, rest);
      at = rest;
    }
    record.push(field);
    if (text[at] === separator) {
      at += 1;
      continue;
    }
    end();
    if (at >= text.length) break;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (at === text.length) break;
  }
  return records;
}

function quoted(text: string, from: number): [string, number] {
  let field = '';
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return [field + text.slice(at), text.length];
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}

function plainEnd(text: string, from: number, separator: string): number {
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === separator || letter === '\n' || letter === '\r') return at;
  }
  return text.length;
}

/** A value as the text that the column's type is read from; a dynamic one as JSON. */
function cell(value: unknown, type: KqlType): string {
  if (value === undefined || value === null || value === '') return '';
  if (type === 'dynamic') return typeof value === 'string' ? jsonText(value) : JSON.stringify(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function jsonText(value: string): string {
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}
