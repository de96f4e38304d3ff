import type { Context } from '../lower/context.ts';
import { plan } from '../relation/plan.ts';
import { freshen } from '../relation/freshen.ts';
import { classOf } from '../parser/kusto.ts';
import type { NameNode } from '../parser/syntax.ts';
import type { Column, Relation, Table } from '../relation/tree.ts';
import { call, column, constant, every, lambda, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import { flag, lookedUp, lookupColumn } from './lookup.ts';
import type { Plugin, PluginCall } from './types.ts';

/** How a family of addresses is read: as IPv6 numbers with a prefix of 128 bits, an IPv4 address behind its 96. */
interface Family {
  readonly pattern: string;
  readonly bits: (text: Sql, written: Sql) => Sql;
  readonly lookupFirst: boolean;
}

const shifted = (bits: Sql): Sql => call('plus', bits, constant(96));

const IPV4: Family = {
  pattern: '^\\s*([0-9]{1,3}(?:[.][0-9]{1,3}){3})(?:/([0-9]{1,2}))?\\s*$',
  bits: (_text, written) => shifted(written),
  lookupFirst: false,
};
const IPV6: Family = {
  pattern: '^\\s*([0-9a-fA-F:.]+)(?:/([0-9]{1,3}))?\\s*$',
  bits: (text, written) =>
    call('if', call('greater', call('position', text, constant(':')), constant(0)), written, shifted(written)),
  // As Kusto answers, though its parser says otherwise: see parser/plugins.ts.
  lookupFirst: true,
};

/** Addresses of a text column: the number and the length of its prefix; rows whose text is no address are left out. */
function addresses(
  relation: Relation,
  text: Sql,
  family: Family,
  context: Context,
): { readonly relation: Relation; readonly address: Sql; readonly bits: Sql } {
  const newColumn = (): number => context.session.newColumn();
  const [address, bits, plain, size] = [newColumn(), newColumn(), newColumn(), newColumn()];
  const part = (index: number): Sql => call('regexpExtract', text, literal('String', family.pattern), constant(index));
  const written = call('toUInt8OrNull', part(2));
  const read: SelectColumn[] = [
    { id: address, value: call('toIPv6OrNull', part(1)) },
    { id: bits, value: call('if', call('empty', part(2)), constant(128), family.bits(text, written)) },
  ];
  const valid = every([
    call('isNotNull', column(address)),
    call('lessOrEquals', call('ifNull', column(bits), constant(255)), constant(128)),
  ]);
  return {
    relation: {
      kind: 'compute',
      input: { kind: 'filter', input: { kind: 'compute', input: relation, columns: read }, condition: valid },
      columns: [
        { id: plain, value: call('assumeNotNull', column(address)) },
        { id: size, value: call('toUInt8', call('assumeNotNull', column(bits))) },
      ],
    },
    address: column(plain),
    bits: column(size),
  };
}

const network = (address: Sql, bits: Sql): Sql =>
  call('tupleElement', call('IPv6CIDRToRange', address, bits), constant(1));
const first = (pair: Sql): Sql => call('tupleElement', pair, constant(1));
const second = (pair: Sql): Sql => call('tupleElement', pair, constant(2));

/** Every network of the lookup table, as one array of (bits, network). */
function allNetworks(lookup: Table, key: Column, family: Family, context: Context, plugin: PluginCall): Sql {
  const copy = freshen(
    lookup,
    () => context.session.newColumn(),
    () => context.session.spend(plugin.node),
  );
  const text = copy.columns[lookup.columns.indexOf(key)];
  const read = addresses(copy.relation, column(text?.id ?? 0), family, context);
  const id = context.session.newColumn();
  const gathered = {
    kind: 'aggregate',
    input: read.relation,
    keys: [],
    values: [{ id, value: call('groupUniqArray', call('tuple', read.bits, network(read.address, read.bits))) }],
  } as const;
  return { kind: 'scalarQuery', select: plan(gathered, new Set([id])) };
}

/**
 * Two addresses belong together when they agree under the shorter of their prefixes. An address asks for its network under
 * each length that the lookup table has and that is no longer than its own prefix, which an equality finds. A range that is
 * itself larger than some networks of the table, which is rare, asks for those inside it.
 */
function pairs(
  plugin: PluginCall,
  key: Column,
  family: Family,
  context: Context,
): (values: readonly Column[], distinct: Relation, lookup: Table) => Relation {
  return ([value], distinct, lookup) => {
    const newColumn = (): number => context.session.newColumn();
    const ours = addresses(distinct, column(value?.id ?? 0), family, context);
    const networks = allNetworks(lookup, key, family, context, plugin);
    const lengths = call(
      'arrayDistinct',
      call(
        'arrayMap',
        lambda((pair) => first(pair)),
        networks,
      ),
    );
    const above = call(
      'arrayMap',
      lambda((bits) => call('tuple', bits, network(ours.address, bits))),
      call(
        'arrayFilter',
        lambda((bits) => call('lessOrEquals', bits, ours.bits)),
        lengths,
      ),
    );
    const inside = call(
      'arrayFilter',
      lambda((pair) =>
        call(
          'and',
          call('greater', first(pair), ours.bits),
          call('equals', network(second(pair), ours.bits), network(ours.address, ours.bits)),
        ),
      ),
      call(
        'if',
        call('less', ours.bits, constant(128)),
        networks,
        call('arraySlice', networks, constant(1), constant(0)),
      ),
    );
    const wanted = newColumn();
    const asked: Relation = {
      kind: 'unnest',
      input: ours.relation,
      arrays: [{ id: wanted, value: call('arrayConcat', above, inside) }],
      keepEmpty: false,
    };
    const theirs = addresses(lookup.relation, column(key.id), family, context);
    const [leftBits, leftNet, rightBits, rightNet] = [newColumn(), newColumn(), newColumn(), newColumn()];
    return {
      kind: 'join',
      left: {
        kind: 'compute',
        input: asked,
        columns: [
          { id: leftBits, value: first(column(wanted)) },
          { id: leftNet, value: second(column(wanted)) },
        ],
      },
      right: {
        kind: 'compute',
        input: theirs.relation,
        columns: [
          { id: rightBits, value: theirs.bits },
          { id: rightNet, value: network(theirs.address, theirs.bits) },
        ],
      },
      join: 'ALL INNER JOIN',
      on: [
        { left: column(leftBits), right: column(rightBits) },
        { left: column(leftNet), right: column(rightNet) },
      ],
    };
  };
}

const lower =
  (family: Family, names: readonly [source: string, key: string]): Plugin['lower'] =>
  (plugin, input, context) => {
    const table = plugin.argument('LookupTable', 0);
    const source = plugin.argument(names[0], 1);
    if (table === undefined || source === undefined) return input;
    const lookup = context.table(table);
    const looked = plugin.column(source);
    const key = lookupColumn(plugin, lookup, plugin.argument(names[1], 2));
    if (looked === undefined || key === undefined) return input;
    for (const [{ type }, at] of [
      [looked, source],
      [key, plugin.argument(names[1], 2)],
    ] as const)
      if (type !== 'string' && type !== 'dynamic') plugin.refuse('GHQ022', `Addresses are texts, not ${type}.`, at);
    const equal = plugin.positional
      .slice(3)
      .filter((argument) => classOf(argument) === 'NameReference')
      .map((argument) => (argument as NameNode).SimpleName);
    return lookedUp(
      plugin,
      input,
      {
        lookup,
        sources: [looked],
        equal,
        keepsUnmatched: flag(plugin, 'return_unmatched', 0, false),
        lookupFirst: family.lookupFirst,
        pairs: pairs(plugin, key, family, context),
      },
      context,
    );
  };

/** Addresses looked up in a table of networks. Source: KQL documentation, "ipv4_lookup plugin", "ipv6_lookup plugin". */
export const IP_LOOKUP_PLUGINS: readonly Plugin[] = [
  {
    name: 'ipv4_lookup',
    summary: 'Rows of a second table whose IPv4 network an address is in.',
    lower: lower(IPV4, ['SourceIPv4Key', 'IPv4LookupKey']),
    examples: [],
  },
  {
    name: 'ipv6_lookup',
    summary: 'Rows of a second table whose network an IPv6 or IPv4 address is in.',
    lower: lower(IPV6, ['SourceIPv6Key', 'IPv6LookupKey']),
    examples: [],
  },
];
