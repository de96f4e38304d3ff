import type { CataloguePlaces, CatalogueTable } from '../../catalogue.ts';
import { nullOf } from '../../lower/value.ts';
import { plan } from '../../relation/plan.ts';
import type { Relation } from '../../relation/tree.ts';
import { call, column, constant, lambda, literal, type Sql } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';

type NewColumn = () => number;

const PHYSICAL = [
  { name: 'Snapshot', type: 'long' },
  { name: 'Piece', type: 'int' },
  { name: 'Boundary', type: 'decimal' },
  { name: 'Info', type: 'string' },
] as const;

const DECIMAL_ZERO = call('toDecimal128', constant(0), constant(0));
const LAST_PLACE = 4_294_967_295;
/** Numbers of places are in the lower 32 bits of a boundary. */
const PLACES = 4_294_967_296;
/** What the upper 96 bits of an IPv6 address are when it stands for an IPv4 one. */
const MAPPED = 65_535;

const bound = (value: Sql, body: (value: Sql) => Sql): Sql =>
  call('arrayElement', call('arrayMap', lambda(body), call('array', value)), constant(1));

/** One value made of all rows of a piece: computed once a query, however many rows ask. */
function ofPiece(
  { source, snapshot }: CataloguePlaces,
  piece: number,
  gather: (boundary: Sql, info: Sql) => Sql,
  newColumn: NewColumn,
): Sql {
  const [snapshotId, pieceId, boundaryId, infoId, gathered] = [
    newColumn(),
    newColumn(),
    newColumn(),
    newColumn(),
    newColumn(),
  ];
  const table: CatalogueTable = { name: 'places', columns: PHYSICAL, source };
  const scan: Relation = {
    kind: 'scan',
    table,
    columns: [snapshotId, pieceId, boundaryId, infoId].map((id, index) => ({ id, name: PHYSICAL[index]?.name ?? '' })),
  };
  const rows: Relation = {
    kind: 'filter',
    input: scan,
    condition: call(
      'and',
      call('equals', column(snapshotId), literal('UInt64', snapshot)),
      call('equals', column(pieceId), constant(piece)),
    ),
  };
  const one: Relation = {
    kind: 'aggregate',
    input: rows,
    keys: [],
    values: [{ id: gathered, value: gather(column(boundaryId), column(infoId)) }],
  };
  return { kind: 'scalarQuery', select: plan(one, new Set([gathered])) };
}

/** The text as a number of 128 bits, an IPv4 address as the IPv6 one that stands for it; 0 for what is no address. */
function addressNumber(text: Sql): Sql {
  const address = call('toIPv6OrNull', call('trimBoth', text));
  return call('toUInt128', call('ifNull', address, call('toIPv6', constant('::'))));
}

/**
 * What boundaries are compared with. The upper half of an IPv6 address that would be taken for an IPv4 address is of networks
 * that are not given to anybody.
 */
function keyOf(address: Sql): Sql {
  const upper = call('bitShiftRight', address, constant(64));
  return call(
    'if',
    call('equals', call('bitShiftRight', address, constant(32)), constant(MAPPED)),
    call('modulo', address, constant(PLACES)),
    call('if', call('less', upper, constant(PLACES)), call('toUInt128', constant(0)), upper),
  );
}

/** The greatest boundary that is not above the key, of all pieces; each begins with 0, so that there is one. */
function boundaryUnder(key: Sql, places: CataloguePlaces, newColumn: NewColumn): Sql {
  const asked = call(
    'toDecimal128',
    call('plus', call('multiply', key, constant(PLACES)), constant(LAST_PLACE)),
    constant(0),
  );
  const found = Array.from({ length: places.pieces }, (_, index) => {
    const sorted = ofPiece(
      places,
      index + 1,
      (boundary) => call('arrayPushFront', call('arraySort', call('groupArray', boundary)), DECIMAL_ZERO),
      newColumn,
    );
    return call('toUInt128', call('roundDown', asked, sorted));
  });
  const [only] = found;
  return only !== undefined && found.length === 1 ? only : call('greatest', ...found);
}

function placeOf(text: Sql, places: CataloguePlaces, newColumn: NewColumn): Sql {
  const known = ofPiece(
    places,
    0,
    (boundary, info) => call('tuple', call('groupArray', call('toUInt32', boundary)), call('groupArray', info)),
    newColumn,
  );
  const boundary = bound(addressNumber(text), (address) =>
    bound(keyOf(address), (key) => boundaryUnder(key, places, newColumn)),
  );
  return call(
    'transform',
    call('toUInt32', call('modulo', boundary, constant(PLACES))),
    call('tupleElement', known, constant(1)),
    call('tupleElement', known, constant(2)),
    constant(''),
  );
}

/** Places of addresses. Source: KQL documentation, "geo_info_from_ip_address()". */
export const PLACE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'geo_info_from_ip_address',
    summary: 'Country, state, city, latitude and longitude of an IPv4 or IPv6 address.',
    takes: ['string'],
    nulls: 'may',
    differs:
      'Reads the database that the setting geo.database names, and is refused without one. Networks of IPv6 are told apart up to 64 bits.',
    lower: (of) => {
      const { places } = of;
      if (places === 'unknown') return nullOf('dynamic').sql;
      if (places === undefined || 'missing' in places)
        return of.refuse('GHQ029', places?.missing ?? 'There is no database of the places of network addresses here.');
      if (places.pieces < 1) return nullOf('dynamic').sql;
      return of.below(placeOf(of.sql(0), places, of.newColumn));
    },
    examples: [],
  },
];
