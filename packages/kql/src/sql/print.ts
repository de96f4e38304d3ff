import { invariant } from '../invariant.ts';
import { datetimeParameter } from '../storage.ts';
import type { BoundValue, From, Reading, Select, Sql } from './tree.ts';

/** A printed statement: the text, the values of its numbered parameters, and the moments it asks for. */
export interface Statement {
  readonly sql: string;
  readonly literals: Readonly<Record<string, unknown>>;
  /** Parameter name -> ticks after the run's now(). */
  readonly moments: Readonly<Record<string, bigint>>;
  /** Parameters that the run's options answer (confinement, window). */
  readonly runs: readonly string[];
  /** Ticks since 1970 that now() answers, where the query says so itself. */
  readonly now?: bigint;
}

/** Functions that read better between their arguments. */
const INFIX: Readonly<Record<string, string>> = {
  equals: '=',
  notEquals: '!=',
  less: '<',
  lessOrEquals: '<=',
  greater: '>',
  greaterOrEquals: '>=',
  plus: '+',
  minus: '-',
  multiply: '*',
  divide: '/',
  and: 'AND',
  or: 'OR',
  in: 'IN',
  notIn: 'NOT IN',
};

/** The one quoting of identifiers. NUL cannot be in a ClickHouse identifier and is refused by the catalogue's owner long before. */
export function quoteIdentifier(name: string): string {
  invariant(!name.includes('\0'), 'an identifier has no NUL');
  return `\`${name.replace(/[\\`]/g, (character) => `\\${character}`)}\``;
}

/** Text constants of this package's own code. */
function quoteText(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

type Printers = { readonly [Kind in Sql['kind']]: (node: Extract<Sql, { readonly kind: Kind }>) => string };

/** Prints a SELECT with every literal as a bound parameter. */
export function print(select: Select, reading: Reading): Statement {
  const literals: Record<string, unknown> = {};
  const moments: Record<string, bigint> = {};
  const runs = new Set<string>();
  const numbered = new Map<string, string>();

  const bind = (type: string, value: BoundValue): string => {
    const key = JSON.stringify([type, value], (_name, part: unknown) =>
      typeof part === 'bigint'
        ? `${String(part)}n`
        : Object.is(part, -0)
          ? '-0'
          : typeof part === 'number'
            ? String(part)
            : part,
    );
    const known = numbered.get(key);
    const name = known ?? `p${numbered.size}`;
    if (known === undefined) {
      numbered.set(key, name);
      literals[name] = value;
    }
    return `{${name}:${type}}`;
  };

  const variables = new Map<number, string>();
  const variableName = (id: number): string => {
    const name = variables.get(id) ?? `v${variables.size + 1}`;
    variables.set(id, name);
    return name;
  };

  const printers: Printers = {
    column: (node) => `c${node.id}`,
    source: (node) => `t.${quoteIdentifier(node.name)}`,
    literal: (node) => bind(node.type, node.value),
    now: (node) => {
      const name =
        node.offsetTicks === 0n
          ? 'now'
          : `now_${node.offsetTicks < 0n ? 'minus' : 'plus'}_${String(node.offsetTicks < 0n ? -node.offsetTicks : node.offsetTicks)}`;
      moments[name] = node.offsetTicks;
      return `{${name}:DateTime64(7, 'UTC')}`;
    },
    run: (node) => {
      runs.add(node.name);
      return `{${node.name}:${node.type}}`;
    },
    constant: (node) =>
      node.value === null ? 'NULL' : typeof node.value === 'number' ? String(node.value) : quoteText(node.value),
    call: (node) => {
      const sign = Object.hasOwn(INFIX, node.name) ? INFIX[node.name] : undefined;
      const args = node.args.map(expression);
      if (sign !== undefined && args.length > 1) return `(${args.join(` ${sign} `)})`;
      const parameters = node.parameters === undefined ? '' : `(${node.parameters.map(String).join(', ')})`;
      return `${node.name}${parameters}(${args.join(', ')})`;
    },
    cast: (node) => `CAST(${expression(node.value)}, ${quoteText(node.type)})`,
    lambda: (node) => `(${node.variables.map(variableName).join(', ')}) -> ${expression(node.body)}`,
    variable: (node) => variableName(node.id),
    window: (node) => {
      const parts = [
        node.partition.length > 0 ? `PARTITION BY ${node.partition.map(expression).join(', ')}` : '',
        node.order.length > 0 ? `ORDER BY ${node.order.map(sortKey).join(', ')}` : '',
        node.frame ?? '',
      ];
      return `${expression(node.call)} OVER (${parts.filter((part) => part !== '').join(' ')})`;
    },
    reading: (node) => expression(node.condition),
    scalarQuery: (node) => `(${printSelect(node.select)})`,
    inQuery: (node) => `(${expression(node.value)} ${node.negated ? 'NOT IN' : 'IN'} (${printSelect(node.select)}))`,
  };

  const expression = (node: Sql): string => (printers[node.kind] as (value: Sql) => string)(node);
  const sortKey = (key: { value: Sql; descending: boolean; nulls: string }): string =>
    `${expression(key.value)} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nulls === 'first' ? 'FIRST' : 'LAST'}`;

  const fromText = (from: From): string => {
    switch (from.kind) {
      case 'table':
        return `${quoteIdentifier(from.database)}.${quoteIdentifier(from.table)} AS t`;
      case 'select':
        return `(${printSelect(from.select)})`;
      case 'shared': {
        const { select: shared } = from.shared;
        invariant(shared, 'shared tables are settled before they are printed');
        return `(${printSelect(shared)})`;
      }
      case 'union':
        return `(${from.selects.map((part) => printSelect(part)).join(' UNION ALL ')})`;
      case 'rows': {
        const schema = from.columns.map((entry) => `c${entry.id} ${entry.type}`).join(', ');
        const rows = from.rows.map((row) => `(${row.map(expression).join(', ')})`);
        return `values(${quoteText(schema)}, ${rows.join(', ')})`;
      }
      case 'numbers':
        return `(SELECT number AS c${from.id} FROM numbers(${expression(from.count)}))`;
      case 'join': {
        const on = from.on.map((pair) => `${expression(pair.left)} = ${expression(pair.right)}`).join(' AND ');
        return `(${printSelect(from.left)}) AS l ${from.join} (${printSelect(from.right)}) AS r${on === '' ? '' : ` ON ${on}`}`;
      }
    }
  };

  const printSelect = (node: Select): string => {
    const columns = node.columns.map((entry) =>
      entry.value.kind === 'column' && entry.value.id === entry.id
        ? `c${entry.id}`
        : `${expression(entry.value)} AS c${entry.id}`,
    );
    const parts = [`SELECT ${columns.length === 0 ? '1' : columns.join(', ')}`];
    if (node.from !== undefined) parts.push(`FROM ${fromText(node.from)}`);
    if (node.unnest !== undefined) {
      const arrays = node.unnest.arrays.map((entry) => `${expression(entry.value)} AS c${entry.id}`);
      parts.push(`${node.unnest.keepEmpty ? 'LEFT ' : ''}ARRAY JOIN ${arrays.join(', ')}`);
    }
    const where = node.where.filter((condition) => condition.kind !== 'reading' || reading[condition.part]);
    if (where.length > 0) parts.push(`WHERE ${where.map(expression).join(' AND ')}`);
    if (node.groupBy !== undefined && node.groupBy.length > 0)
      parts.push(`GROUP BY ${node.groupBy.map(expression).join(', ')}`);
    if (node.order.length > 0) parts.push(`ORDER BY ${node.order.map(sortKey).join(', ')}`);
    if (node.limit !== undefined) {
      parts.push(`LIMIT ${expression(node.limit.count)}`);
      if (node.limit.by !== undefined) parts.push(`BY ${node.limit.by.map(expression).join(', ')}`);
    }
    return parts.join(' ');
  };

  return { sql: printSelect(select), literals, moments, runs: [...runs] };
}

/** The text of a moment's parameter: ticks since 1970 to ClickHouse's datetime. */
export function momentParameter(ticksSinceEpoch: bigint): string {
  return datetimeParameter(ticksSinceEpoch);
}
