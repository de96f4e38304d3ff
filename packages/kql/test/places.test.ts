import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalogue } from '../src/index.ts';
import { startEngine, type Engine } from './engine.ts';

const source = { database: 'geo', table: 'Place' };
const PLACES: Catalogue = {
  version: 'places',
  tables: [],
  functions: [],
  places: { source, snapshot: 7, pieces: 2 },
};

const NORTH = { country: 'Northland', state: 'N', city: 'Nord', latitude: 60.5, longitude: -10.25 };
const SOUTH = { country: 'Southland' };

let engine: Engine;
beforeAll(() => {
  engine = startEngine();
  engine.command('CREATE DATABASE geo');
  engine.command(
    'CREATE TABLE geo.Place (Snapshot UInt64, Piece UInt16, Boundary Decimal(38, 0), Info String) ENGINE = MergeTree ORDER BY (Snapshot, Piece, Boundary)',
  );
  const row = (piece: number, boundary: bigint, info = '', snapshot = 7): string =>
    `(${snapshot}, ${piece}, ${boundary}, '${info}')`;
  const at = (key: bigint, place: bigint): bigint => (key << 32n) + place;
  engine.command(
    `INSERT INTO geo.Place VALUES ${[
      row(0, 1n, JSON.stringify(NORTH)),
      row(0, 2n, JSON.stringify(SOUTH)),
      row(0, 1n, '{"country":"another snapshot"}', 6),
      // 9.0.0.0/24 and 9.0.1.0/24, then nothing.
      row(1, at(0x09000000n, 1n)),
      row(1, at(0x09000100n, 2n)),
      row(1, at(0x09000200n, 0n)),
      row(1, at(0x0a000000n, 1n), '', 6),
      // 2a00:1::/32, then nothing.
      row(2, at(0x2a00000100000000n, 2n)),
      row(2, at(0x2a00000200000000n, 0n)),
    ].join(', ')}`,
  );
});
afterAll(() => {
  engine.close();
});

describe('geo_info_from_ip_address', () => {
  it.each([
    ['9.0.0.0', NORTH],
    ['9.0.0.255', NORTH],
    ['::ffff:9.0.0.7', NORTH],
    ['9.0.1.9', SOUTH],
    ['9.0.2.0', null],
    ['8.255.255.255', null],
    ['10.0.0.1', null],
    ['2a00:1::', SOUTH],
    ['2a00:1:ffff:ffff:ffff:ffff:ffff:ffff', SOUTH],
    ['2a00:2::', null],
    ['::1', null],
    ['::900:0:0:0:1', null],
    ['', null],
    ['9.0.0', null],
    ['9.0.0.1:443', null],
    ['no address', null],
  ])('%s', (address, expected) => {
    const { rows } = engine.answer(`print x = geo_info_from_ip_address('${address}')`, PLACES);
    expect(rows).toEqual([[expected]]);
  });

  it('reads columns, several in one query, and properties of what it answers', () => {
    const { rows } = engine.answer(
      `datatable(a: string, b: string) ['9.0.0.1', '9.0.1.1', '2a00:1::5', '', 'x', '9.0.0.2']
       | extend p = geo_info_from_ip_address(a), country = tostring(geo_info_from_ip_address(b).country)
       | where isnull(p) or isnotempty(p.country)
       | project a, c = tostring(p.country), lat = todouble(p.latitude), country, n = isnull(p)`,
      PLACES,
    );
    expect(rows).toEqual([
      ['9.0.0.1', 'Northland', 60.5, 'Southland', false],
      ['2a00:1::5', 'Southland', null, '', false],
      ['x', '', null, 'Northland', true],
    ]);
  });

  it('reads the elements of arrays and keys of groups', () => {
    const { rows } = engine.answer(
      `print a = dynamic(['9.0.0.1', '9.0.1.1', '9.0.0.3'])
       | mv-expand a to typeof(string)
       | summarize n = count() by c = tostring(geo_info_from_ip_address(a).country)
       | order by c asc`,
      PLACES,
    );
    expect(rows).toEqual([
      ['Northland', 2],
      ['Southland', 1],
    ]);
  });

  it('is refused without a database, and answers null where nothing is known', () => {
    const text = "print x = geo_info_from_ip_address('9.0.0.1')";
    expect(() => engine.answer(text, { version: 'none', tables: [], functions: [] })).toThrow(/GHQ029/);
    const unknown: Catalogue = { version: 'unknown', tables: [], functions: [], places: 'unknown' };
    expect(engine.answer(text, unknown).rows).toEqual([[null]]);
    expect(engine.answer(`${text}.country`, unknown).rows).toEqual([[null]]);
  });

  it('cannot be read by the name of its table', () => {
    for (const name of ['Place', 'places', 'geo.Place'])
      expect(() => engine.answer(`${name} | take 1`, PLACES)).toThrow();
  });
});
