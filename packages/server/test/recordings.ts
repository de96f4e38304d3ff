import path from 'node:path';
import { recordsOf } from '../src/cli/import/lines.ts';
import { OTRF_FILES, OTRF_FOLDER } from './otrf.ts';

/** A line of a recording as it stands in the file; nothing of the product has touched it. */
export type Raw = Readonly<Record<string, unknown>>;

/** All lines of the recordings. */
export async function readRecordings(): Promise<Raw[]> {
  const records: Raw[] = [];
  for (const name of Object.keys(OTRF_FILES))
    for await (const line of recordsOf(path.join(OTRF_FOLDER, name), undefined, () => undefined))
      records.push(JSON.parse(line) as Raw);
  return records;
}

export function text(record: Raw, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** EventTime is the wall clock of the collector: New York in summer, four hours behind UTC. */
export function timeMs(record: Raw): number {
  return Date.parse(`${text(record, 'EventTime').replace(' ', 'T')}Z`) + 4 * 3_600_000;
}

const given = (value: string): string => (value === '-' ? '' : value);

export function account(record: Raw): string {
  for (const who of ['Target', 'Subject']) {
    const name = given(text(record, `${who}UserName`));
    const domain = given(text(record, `${who}DomainName`));
    if (name !== '') return domain === '' ? name : `${domain}\\${name}`;
  }
  return '';
}

/** Of a person or a group, as against a machine or one of Windows' own accounts. */
export function ofPerson(record: Raw): boolean {
  const [domain = '', name = ''] = account(record).includes('\\') ? account(record).split('\\') : ['', account(record)];
  return name !== '' && !name.endsWith('$') && !/^(?:NT AUTHORITY|Window Manager|Font Driver Host)$/i.test(domain);
}

export const security = (records: readonly Raw[], ...ids: readonly number[]): Raw[] =>
  records.filter(
    (one) =>
      text(one, 'Channel').toLowerCase() === 'security' && (ids.length === 0 || ids.includes(Number(one.EventID))),
  );

export const sysmon = (records: readonly Raw[], ...ids: readonly number[]): Raw[] =>
  records.filter((one) => one.Channel === 'Microsoft-Windows-Sysmon/Operational' && ids.includes(Number(one.EventID)));

export function groups(records: readonly Raw[], key: (record: Raw) => unknown): Map<string, Raw[]> {
  const found = new Map<string, Raw[]>();
  for (const one of records) {
    const name = JSON.stringify(key(one));
    const group = found.get(name);
    if (group === undefined) found.set(name, [one]);
    else group.push(one);
  }
  return found;
}

export const distinct = (records: readonly Raw[], key: (record: Raw) => unknown): number => groups(records, key).size;

export const fields =
  (...names: readonly string[]) =>
  (record: Raw): string[] =>
    names.map((name) => text(record, name));

/** The whole word, in any case. */
export const hasWord = (value: string, word: string): boolean =>
  new RegExp(`(?<![a-z0-9])${word.replace(/[.\\]/g, '\\$&')}(?![a-z0-9])`, 'i').test(value);

export const lastPart = (value: string): string => value.slice(value.lastIndexOf('\\') + 1);
