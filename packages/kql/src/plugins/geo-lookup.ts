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
    places: undefined,
    newColumn: () => {
      throw new Error('kql invariant broken: a function of shapes has no subquery');
    },
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
  },
];
