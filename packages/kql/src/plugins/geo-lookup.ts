<<<<<<< HEAD
import { scalarFunction } from '../functions/index.ts';
import { invariant } from '../invariant.ts';
import { columnValue } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { constantValue, nullOf, type Value } from '../lower/value.ts';
import type { Column, Relation } from '../relation/tree.ts';
import { call, constant, NULL, type Sql } from '../sql/tree.ts';
import { lookedUp, lookupColumn } from './lookup.ts';
import type { Plugin, PluginCall } from './types.ts';

/** A row of the function tables over values that are at hand. */
function applied(name: string, args: readonly Value[], plugin: PluginCall): Sql {
  const row = scalarFunction(name);
  invariant(row, `${name} is a function`);
  const at = (index: number): Value => {
    const argument = args[index];
    invariant(argument, `argument ${index} is there`);
    return argument;
  };
  const result = row.lower({
    args,
    count: args.length,
    type: 'real',
    sql: (index) => at(index).sql,
    arg: at,
    refuse: (code, message) => {
      plugin.refuse(code, message);
      return nullOf('real');
    },
    below: (sql) => sql,
    over: (sql) => sql,
    walk: (_values, results) => results(NULL),
    names: [],
    columns: [],
    arrival: undefined,
  });
  if ('kind' in result) return result;
  invariant('sql' in result, `${name} gives one value`);
  return result.sql;
}

interface Shape {
  readonly key: string;
  /** The function that tells whether a place is in the shape; without one a radius is needed. */
  readonly contains: string | undefined;
  readonly distance: string;
}

const lower =
  (shape: Shape): Plugin['lower'] =>
  (plugin, input, context) => {
    const table = plugin.argument('LookupTable', 0);
    const keyNode = plugin.argument(shape.key, 1);
    const longitudeNode = plugin.argument('SourceLongitude', 2);
    const latitudeNode = plugin.argument('SourceLatitude', 3);
    if (table === undefined || longitudeNode === undefined || latitudeNode === undefined) return input;
    const lookup = context.table(table);
    const key = lookupColumn(plugin, lookup, keyNode);
    const [longitude, latitude] = [plugin.column(longitudeNode), plugin.column(latitudeNode)];
    if (key === undefined || longitude === undefined || latitude === undefined) return input;
    const radius = plugin.constant('radius', 4);
    if (radius === undefined && shape.contains === undefined) {
      plugin.refuse('GHQ021', `${plugin.node.Name.SimpleName}() needs a radius in metres.`);
      return input;
    }
    const matching = (values: readonly Column[]): Sql => {
      const place = values.map((entry) => convert(columnValue(entry), 'real') ?? columnValue(entry));
      const args = [...place, columnValue(key)];
      if (radius === undefined || radius === null) return applied(shape.contains ?? shape.distance, args, plugin);
      const metres = constantValue('real', Number(radius)).sql;
      return call('lessOrEquals', applied(shape.distance, args, plugin), metres);
    };
    const pairs = (values: readonly Column[], distinct: Relation, from: typeof lookup): Relation => ({
      kind: 'filter',
      input: { kind: 'join', left: distinct, right: from.relation, join: 'CROSS JOIN', on: [] },
      condition: call('ifNull', matching(values), constant(0)),
    });
    return lookedUp(
      plugin,
      input,
      {
        lookup,
        sources: [longitude, latitude],
        equal: [],
        ...(plugin.constant('return_lookup_key', 7) === true ? {} : { hidden: key.name }),
        keepsUnmatched: plugin.constant('return_unmatched', 5) === true,
        pairs,
      },
      context,
    );
  };

const COST = 'Each place is compared with every shape of the lookup table; lookup_area_radius is only a hint.';

/** Places looked up in a table of shapes. Source: KQL documentation, "geo_polygon_lookup plugin", "geo_line_lookup plugin". */
export const GEO_LOOKUP_PLUGINS: readonly Plugin[] = [
  {
    name: 'geo_polygon_lookup',
    summary: 'Rows of a second table whose polygon a place is in, or near.',
    differs: COST,
    lower: lower({
      key: 'LookupPolygonKey',
      contains: 'geo_point_in_polygon',
      distance: 'geo_distance_point_to_polygon',
    }),
    examples: [],
  },
  {
    name: 'geo_line_lookup',
    summary: 'Rows of a second table whose line a place is near.',
    differs: COST,
    lower: lower({ key: 'LookupLineKey', contains: undefined, distance: 'geo_distance_point_to_line' }),
    examples: [],
=======
import { OVERLAY } from '../functions/geo/overlay.ts';
import type { Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { classOf } from '../parser/kusto.ts';
import type { Expression, NameNode } from '../parser/syntax.ts';
import { Chain } from '../relation/chain.ts';
import { findColumn, type Column, type Relation, type Table } from '../relation/tree.ts';
import { call, column, constant, lambda, NULL, type Sql } from '../sql/tree.ts';
import { isNullableStorage } from '../storage.ts';
import type { Plugin, PluginCall } from './types.ts';

/** Shapes of the lookup table are read once each; a place is held against what was read. */
const TOOLS = OVERLAY.with({
  'readLines(g)': "let l = linesOf(g); okLines(l) ? l : CAST([], 'Array(Array(Tuple(Float64, Float64)))')",
  'readPolygons(g)':
    "let p = polygonsOf(g); okPolygons(p) ? p : CAST([], 'Array(Array(Array(Tuple(Float64, Float64))))')",
  'near(lng, lat, lines, radius)':
    'notEmpty(lines) and okPlace(lng, lat) and metres(nearestOf(unit(place(lng, lat)), unitLines(lines)).2) <= radius',
  'inside(lng, lat, polygons)': 'notEmpty(polygons) and okPlace(lng, lat) and inPolygons(place(lng, lat), polygons)',
  'nearOrInside(lng, lat, polygons, radius)': 'inside(lng, lat, polygons) or near(lng, lat, ringsOf(polygons), radius)',
});

interface Lookup {
  readonly plugin: PluginCall;
  readonly context: Context;
  readonly input: Table;
  readonly found: Table;
  /** The shape in the lookup table. */
  readonly key: Column;
  readonly place: readonly [longitude: Sql, latitude: Sql];
  /** Reads the shape, and says whether a place is at what was read. */
  readonly read: (shape: Sql) => Sql;
  readonly matches: (shape: Sql) => Sql;
}

function nameOf(node: Expression | undefined): string | undefined {
  return node !== undefined && classOf(node) === 'NameReference' ? (node as NameNode).SimpleName : undefined;
}

function real(plugin: PluginCall, context: Context, name: string, index: number): Sql | undefined {
  const node = plugin.argument(name, index);
  const value = node && convert(context.scalar(node), 'real');
  if (value === undefined) plugin.refuse('GHQ021', `${plugin.node.Name.SimpleName}'s ${name} is a number.`, node);
  return value?.sql;
}

/** Pairs of rows that match. */
function pairs(lookup: Lookup): Relation {
  const { input, found, key, context } = lookup;
  const right = new Chain(found.relation, () => context.session.newColumn());
  const shape = right.add(lookup.read(column(key.id)));
  const both: Relation = { kind: 'join', left: input.relation, right: right.relation, join: 'CROSS JOIN', on: [] };
  return { kind: 'filter', input: both, condition: lookup.matches(shape) };
}

/** Every row of the input with the rows that match it, or with nulls: the lookup table is one array next to it. */
function pairsAndRest(lookup: Lookup): { readonly relation: Relation; readonly columns: readonly Column[] } {
  const { input, found, key, context } = lookup;
  const newColumn = (): number => context.session.newColumn();
  const right = new Chain(found.relation, newColumn);
  const kept = found.columns.map((entry) => column(entry.id));
  const { values } = right.aggregate(
    [],
    [call('groupArray', call('tuple', constant(1), lookup.read(column(key.id)), ...kept))],
  );
  const both = new Chain(
    { kind: 'join', left: input.relation, right: right.relation, join: 'CROSS JOIN', on: [] },
    newColumn,
  );
  const matching = call(
    'arrayFilter',
    lambda((row) => lookup.matches(call('tupleElement', row, constant(2)))),
    values[0],
  );
  const id = newColumn();
  const rows: Relation = {
    kind: 'unnest',
    input: both.relation,
    arrays: [{ id, value: matching }],
    keepEmpty: true,
  };
  const out = new Chain(rows, newColumn);
  const part = (index: number): Sql => call('tupleElement', column(id), constant(index));
  const columns = found.columns.map((entry, index): Column => {
    const nullable = isNullableStorage(entry.type);
    const value = part(index + 3);
    const made = out.add(nullable ? call('if', call('equals', part(1), constant(1)), value, NULL) : value);
    return { ...entry, id: made.kind === 'column' ? made.id : entry.id, nullable };
  });
  return { relation: out.relation, columns };
}

function looked(lookup: Lookup): Table {
  const { plugin, input, found, key, context } = lookup;
  const wanted = (name: string): boolean => plugin.constant(name, Infinity) === true;
  context.session.spend(plugin.node);
  const { relation, columns } = wanted('return_unmatched')
    ? pairsAndRest(lookup)
    : { relation: pairs(lookup), columns: found.columns };
  const given = columns.filter((entry) => entry.name !== key.name || wanted('return_lookup_key'));
  const all = [...input.columns, ...given];
  const { resultColumns } = plugin;
  const named = all.map((entry, index) => ({
    ...entry,
    name: (resultColumns.length === all.length ? resultColumns[index]?.name : undefined) ?? entry.name,
  }));
  return {
    relation,
    columns: named,
    order: [],
    ...(input.subtables === undefined ? {} : { subtables: input.subtables }),
  };
}

/** The arguments that both plugins have. */
function begin(plugin: PluginCall, input: Table, context: Context): Omit<Lookup, 'read' | 'matches'> | undefined {
  const name = plugin.node.Name.SimpleName;
  const [tableNode, keyNode] = [plugin.argument('LookupTable', 0), plugin.argument('LookupKey', 1)];
  if (tableNode === undefined || keyNode === undefined) return undefined;
  const found = context.table(tableNode);
  const wanted = nameOf(keyNode);
  const key = wanted === undefined ? undefined : findColumn(found, wanted);
  if (key?.type !== 'dynamic') {
    plugin.refuse('GHQ024', `${name}() needs a dynamic column of the lookup table.`, keyNode);
    return undefined;
  }
  const longitude = real(plugin, context, 'SourceLongitude', 2);
  const latitude = real(plugin, context, 'SourceLatitude', 3);
  if (longitude === undefined || latitude === undefined) return undefined;
  return { plugin, context, input, found, key, place: [longitude, latitude] };
}

const DIFFERS =
  'join_hint is read and changes nothing. Every row is held against every shape; with return_unmatched = true the lookup table is in memory once for each row of a block.';

const SHAPES = `let shapes = datatable(name: string, shape: dynamic) ['box', dynamic({"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}), 'bad', dynamic({"type":"Polygon"})];`;
const LINES = `let lines = datatable(name: string, line: dynamic) ['equator', dynamic({"type":"LineString","coordinates":[[0,0],[2,0]]}), 'bad', dynamic({"type":"LineString"})];`;
const PLACES = `datatable(id: long, lng: real, lat: real) [1, 1, 1, 2, 5, 5, 3, 1, 2.1, 4, 1, 100]`;

/** Places and the shapes that they are in or near to. */
export const GEO_LOOKUP_PLUGINS: readonly Plugin[] = [
  {
    name: 'geo_polygon_lookup',
    summary: 'Rows of a table of polygons for each place that is in them, or within a radius in metres of them.',
    differs: DIFFERS,
    lower: (plugin, input, context) => {
      const given = begin(plugin, input, context);
      if (given === undefined) return input;
      const radiusNode = plugin.argument('radius', 4);
      const radius = radiusNode && convert(context.scalar(radiusNode), 'real');
      const [longitude, latitude] = given.place;
      return looked({
        ...given,
        read: (shape) => TOOLS.apply('readPolygons', shape),
        matches: (shape) =>
          radius === undefined
            ? TOOLS.apply('inside', longitude, latitude, shape)
            : TOOLS.apply('nearOrInside', longitude, latitude, shape, radius.sql),
      });
    },
    examples: [
      [`${SHAPES} ${PLACES} | evaluate geo_polygon_lookup(shapes, shape, lng, lat) | project id, name`, [[1, 'box']]],
      [
        `${SHAPES} ${PLACES} | evaluate geo_polygon_lookup(shapes, shape, lng, lat, radius = 20000) | project id, name | sort by id asc`,
        [
          [1, 'box'],
          [3, 'box'],
        ],
      ],
      [
        `${SHAPES} ${PLACES} | evaluate geo_polygon_lookup(shapes, shape, lng, lat, return_unmatched = true) | project id, name | sort by id asc`,
        [
          [1, 'box'],
          [2, ''],
          [3, ''],
          [4, ''],
        ],
      ],
      [
        `${SHAPES} ${PLACES} | where id == 1 | evaluate geo_polygon_lookup(shapes, shape, lng, lat, return_lookup_key = true) | project name, t = shape.type`,
        [['box', 'Polygon']],
      ],
    ],
  },
  {
    name: 'geo_line_lookup',
    summary: 'Rows of a table of lines for each place that is within a radius in metres of them.',
    differs: DIFFERS,
    lower: (plugin, input, context) => {
      const given = begin(plugin, input, context);
      const radius = real(plugin, context, 'Radius', 4);
      if (given === undefined || radius === undefined) return input;
      const [longitude, latitude] = given.place;
      return looked({
        ...given,
        read: (shape) => TOOLS.apply('readLines', shape),
        matches: (shape) => TOOLS.apply('near', longitude, latitude, shape, radius),
      });
    },
    examples: [
      [
        `${LINES} ${PLACES} | evaluate geo_line_lookup(lines, line, lng, lat, 112000) | project id, name`,
        [[1, 'equator']],
      ],
      [
        `${LINES} ${PLACES} | evaluate geo_line_lookup(lines, line, lng, lat, 1000, return_unmatched = true) | project id, name | sort by id asc`,
        [
          [1, ''],
          [2, ''],
          [3, ''],
          [4, ''],
        ],
      ],
    ],
>>>>>>> 4ee1aa4 (Look places up in tables of polygons and lines; join polygons faster and check what the engine joined)
  },
];
