import { isIP } from 'node:net';
import { externalRows } from '@gatehouse/kql';

/** Networks of the file: the keys from `first` up to, not with, `end` are at the place. Keys are what `CataloguePlaces` says. */
export interface Network {
  readonly first: bigint;
  readonly end: bigint;
  /** A JSON object. */
  readonly info: string;
}

/** The file is not what it should be; the message names the line. */
export class PlacesFault extends Error {}

const FIELDS = ['network', 'country', 'state', 'city', 'latitude', 'longitude'] as const;

/** The key and the bits of a whole address; `undefined` for what is no address, and for IPv4 ones written as IPv6. */
function addressKey(text: string): { readonly key: bigint; readonly bits: number } | undefined {
  const family = isIP(text);
  if (family === 4) return { key: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n), bits: 32 };
  if (family !== 6 || text.includes('.') || text.includes('%')) return undefined;
  const [left = '', right] = text.split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(left), groups(right ?? '')];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
  return { key: all.slice(0, 4).reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n), bits: 64 };
}

function networkOf(text: string): Pick<Network, 'first' | 'end'> | undefined {
  const [address = '', written] = text.trim().split('/');
  const found = addressKey(address);
  if (found === undefined || (written !== undefined && !/^\d{1,3}$/.test(written))) return undefined;
  const { key, bits } = found;
  const length = written === undefined ? bits : Number(written);
  if (length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const first = key - (key % size);
  return { first, end: first + size };
}

/** A CSV file with the header `network,country,state,city,latitude,longitude`; the columns may have any order. */
export function readNetworks(text: string): readonly Network[] {
  const read = {
    parameter: '',
    addresses: [],
    format: 'csv',
    ignoreFirstRecord: false,
    columns: Array.from(FIELDS, (name) => ({ name, type: 'string' as const })),
  } as const;
  const [header, ...records] = JSON.parse(externalRows(read, [text])) as string[][];
  const places = new Map(FIELDS.map((name) => [name, header?.indexOf(name) ?? -1]));
  if (FIELDS.some((name) => (places.get(name) ?? -1) < 0))
    throw new PlacesFault(`the first line must be ${FIELDS.join(',')}`);
  const field = (record: readonly string[], name: (typeof FIELDS)[number]): string =>
    record[places.get(name) ?? -1] ?? '';
  return records.map((record, index) => {
    const where = `record ${index + 2}`;
    const network = networkOf(field(record, 'network'));
    if (network === undefined)
      throw new PlacesFault(`${where}: '${field(record, 'network')}' is no network of IPv4, or of IPv6 up to /64`);
    const degrees = (name: 'latitude' | 'longitude'): number | undefined => {
      const written = field(record, name).trim();
      const value = Number(written);
      if (!Number.isFinite(value)) throw new PlacesFault(`${where}: ${name} '${written}' is no number`);
      return written === '' ? undefined : value;
    };
    const words = (name: 'country' | 'state' | 'city'): string | undefined => field(record, name) || undefined;
    const info = JSON.stringify({
      country: words('country'),
      state: words('state'),
      city: words('city'),
      latitude: degrees('latitude'),
      longitude: degrees('longitude'),
    });
    return { ...network, info };
  });
}

/** Where a place begins, in order; the place is undefined where none is known. */
export interface Boundary {
  readonly key: bigint;
  readonly info: string | undefined;
}

/** Networks as boundaries: the smaller of two that overlap counts, and neighbours at the same place are one. */
export function boundariesOf(networks: readonly Network[]): readonly Boundary[] {
  const compare = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0);
  const sorted = [...networks].sort((a, b) => compare(a.first, b.first) || compare(b.end, a.end));
  const found: Boundary[] = [];
  const open: Network[] = [];
  const mark = (key: bigint): void => {
    const info = open.at(-1)?.info;
    if (found.at(-1)?.key === key) found.pop();
    if (found.at(-1)?.info !== info) found.push({ key, info });
  };
  const close = (until: bigint | undefined): void => {
    for (let top = open.at(-1); top !== undefined && (until === undefined || top.end <= until); top = open.at(-1)) {
      open.pop();
      mark(top.end);
    }
  };
  for (const network of sorted) {
    close(network.first);
    open.push(network);
    mark(network.first);
  }
  close(undefined);
  return found;
}
