import { classOf } from '../parser/kusto.ts';
import {
  elements,
  items,
  textOf,
  type Expression,
  type ExpressionNodes,
  type NamedParameter,
  type NameNode,
  type SyntaxNode,
} from '../parser/syntax.ts';
import { withNamed } from '../lower/open.ts';
import { columnValue, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import type { Value } from '../lower/value.ts';
import { unify } from '../scalar/comparison.ts';
import { findColumn, subtableKeys, type Column, type Relation, type Table } from '../relation/tree.ts';
import { call, column, type JoinWords, type Sql } from '../sql/tree.ts';
import { isNullableStorage } from '../storage.ts';
import { resultNames } from './named.ts';
import type { Operator } from './types.ts';

interface Kind {
  readonly words: JoinWords;
  /** Which sides give columns, and which of them can be missing. */
  readonly left: 'all' | 'none' | 'optional';
  readonly right: 'all' | 'none' | 'optional';
  /** One left row a key, as Kusto's default join takes it. */
  readonly uniqueLeft?: boolean;
}

const INNER: Kind = { words: 'ALL INNER JOIN', left: 'all', right: 'all' };

/** Source: KQL documentation, "join operator", "Join flavors". */
const KINDS: Readonly<Record<string, Kind>> = {
  innerunique: { words: 'ALL INNER JOIN', left: 'all', right: 'all', uniqueLeft: true },
  inner: INNER,
  leftouter: { words: 'ALL LEFT JOIN', left: 'all', right: 'optional' },
  rightouter: { words: 'ALL RIGHT JOIN', left: 'optional', right: 'all' },
  fullouter: { words: 'ALL FULL JOIN', left: 'optional', right: 'optional' },
  leftsemi: { words: 'LEFT SEMI JOIN', left: 'all', right: 'none' },
  rightsemi: { words: 'RIGHT SEMI JOIN', left: 'none', right: 'all' },
  leftanti: { words: 'LEFT ANTI JOIN', left: 'all', right: 'none' },
  anti: { words: 'LEFT ANTI JOIN', left: 'all', right: 'none' },
  leftantisemi: { words: 'LEFT ANTI JOIN', left: 'all', right: 'none' },
  rightanti: { words: 'RIGHT ANTI JOIN', left: 'none', right: 'all' },
  rightantisemi: { words: 'RIGHT ANTI JOIN', left: 'none', right: 'all' },
};

interface Pair {
  readonly left: Value;
  readonly right: Value;
  /** Right columns that `lookup` leaves out: those of the same name as the key. */
  readonly rightName: string | undefined;
}

/** Columns of both sides that `on` names: `key`, or `$left.a == $right.b`, joined by `and`. */
function pairsOf(conditions: readonly Expression[], left: Table, right: Table, context: Context): readonly Pair[] {
  return conditions.flatMap((condition): readonly Pair[] => {
    const bare =
      classOf(condition) === 'ParenthesizedExpression'
        ? (condition as ExpressionNodes['ParenthesizedExpression']).Expression
        : condition;
    if (classOf(bare) === 'BinaryExpression') {
      const { Left: first, Right: second, Operator: operator } = bare as ExpressionNodes['BinaryExpression'];
      if (operator.Text.toLowerCase() === 'and') return pairsOf([first, second], left, right, context);
      if (operator.Text === '==') {
        const inside = context.with({ row: undefined, sides: { left, right } });
        const swapped = textOf(first).startsWith('$right');
        const [leftNode, rightNode] = swapped ? [second, first] : [first, second];
        const selector =
          classOf(rightNode) === 'PathExpression'
            ? (rightNode as ExpressionNodes['PathExpression']).Selector
            : rightNode;
        return [
          {
            left: inside.scalar(leftNode),
            right: inside.scalar(rightNode),
            rightName: classOf(selector) === 'NameReference' ? (selector as NameNode).SimpleName : undefined,
          },
        ];
      }
    }
    const name = classOf(bare) === 'NameReference' ? (bare as NameNode).SimpleName : '';
    const [ours, theirs] = [findColumn(left, name), findColumn(right, name)];
    if (ours !== undefined && theirs !== undefined)
      return [{ left: columnValue(ours), right: columnValue(theirs), rightName: name }];
    context.session.report('GHQ013', 'A join condition is a column of both sides or $left.a == $right.b.', condition);
    return [];
  });
}

/** Keys as columns of their sides, in one type, so that the engine can hash them. */
function keyed(
  pairs: readonly Pair[],
  node: Expression,
  context: Context,
): { readonly left: readonly Key[]; readonly right: readonly Key[] } {
  const keys = pairs.flatMap((pair) => {
    const sides = unify(pair.left, pair.right);
    if (sides === undefined) {
      context.session.report('GHQ022', `A join cannot compare ${pair.left.type} with ${pair.right.type}.`, node);
      return [];
    }
    return [
      sides.map((side) => ({
        id: context.session.newColumn(),
        value: side.type === 'int' ? (convert(side, 'long')?.sql ?? side.sql) : side.sql,
      })),
    ];
  });
  return { left: keys.flatMap(([key]) => key ?? []), right: keys.flatMap(([, key]) => key ?? []) };
}

interface Key {
  readonly id: number;
  readonly value: Sql;
}

/** One row of the left side for each key: Kusto takes any, here it is one whole row. */
function unique(table: Table, keys: readonly Key[]): Relation {
  return {
    kind: 'limit',
    input: withKeys(table.relation, keys),
    order: [],
    count: { kind: 'constant', value: 1 },
    by: [...subtableKeys(table), ...keys.map((key) => column(key.id))],
  };
}

function withKeys(relation: Relation, keys: readonly Key[]): Relation {
  return { kind: 'compute', input: relation, columns: keys };
}

/** Columns of a side that may have no row: a null map is put on inside, so that a missing row is null and not a zero. */
export function optional(table: Table, context: Context): Table {
  const added: { id: number; value: Sql }[] = [];
  const columns = table.columns.map((entry): Column => {
    if (!isNullableStorage(entry.type) || entry.nullable) return entry;
    const id = context.session.newColumn();
    added.push({ id, value: call('toNullable', column(entry.id)) });
    return { ...entry, id, nullable: true };
  });
  return added.length === 0
    ? table
    : { ...table, relation: { kind: 'compute', input: table.relation, columns: added }, columns };
}

function optionOf(
  parameters: readonly NamedParameter[],
  node: Expression,
  context: Context,
  otherwise: string,
): string {
  let kind = otherwise;
  for (const parameter of parameters) {
    const name = parameter.Name.SimpleName.toLowerCase();
    if (name === 'kind') kind = textOf(parameter.Expression).toLowerCase();
    else if (!name.startsWith('hint.'))
      context.session.report('GHQ013', `The option '${name}' is not supported here.`, node);
  }
  return kind;
}

/** Joins two tables; the binder names the columns (`Key1` where both sides have `Key`). */
function joined(
  node: Expression,
  left: Table,
  right: Table,
  kind: Kind,
  conditions: readonly Expression[],
  context: Context,
): { readonly table: Table; readonly pairs: readonly Pair[] } {
  const ours = kind.left === 'optional' ? optional(left, context) : left;
  const theirs = kind.right === 'optional' ? optional(right, context) : right;
  const pairs = pairsOf(conditions, ours, theirs, context);
  const keys = keyed(pairs, node, context);
  if (pairs.length === 0)
    context.session.report('GHQ013', 'A join needs a condition: on and the columns of both sides.', node);
  const on = keys.left.map((key, index) => ({ left: column(key.id), right: column(keys.right[index]?.id ?? 0) }));
  const relation: Relation = {
    kind: 'join',
    left: kind.uniqueLeft === true ? unique(ours, keys.left) : withKeys(ours.relation, keys.left),
    right: withKeys(theirs.relation, keys.right),
    join: kind.words,
    on,
  };
  context.session.spend(node);
  const columns = [...(kind.left === 'none' ? [] : ours.columns), ...(kind.right === 'none' ? [] : theirs.columns)];
  if (left.subtables !== undefined && kind.left !== 'all')
    context.session.report('GHQ013', 'Inside partition and mv-apply a join keeps the rows of its left side.', node);
  const { subtables } = left;
  return { table: { relation, columns, order: [], ...(subtables === undefined ? {} : { subtables }) }, pairs };
}

function named(columns: readonly Column[], node: Expression): readonly Column[] {
  const names = resultNames(node);
  return columns.map((entry, index) => ({ ...entry, name: names[index] ?? entry.name }));
}

/** The right table; where the data decides its columns, with those that the condition names. */
function rightOf(node: { readonly Expression: Expression } & Clauses, context: Context): Table {
  const clause = node.ConditionClause ?? node.LookupClause;
  const right = context.table(node.Expression);
  return clause ? withNamed(clause, right, context, '$left') : right;
}

interface Clauses {
  readonly ConditionClause?: SyntaxNode | null;
  readonly LookupClause?: SyntaxNode | null;
}

const join: Operator<'JoinOperator'> = {
  node: 'JoinOperator',
  names: ['join'],
  summary: 'Rows of two tables that agree in their keys.',
  page: 'join-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const name = optionOf(items(node.Parameters), node, context, 'innerunique');
    const kind = KINDS[name];
    if (kind === undefined) context.session.report('GHQ013', `The join kind '${name}' is not supported.`, node);
    const { table } = joined(
      node,
      input,
      rightOf(node, context),
      kind ?? INNER,
      elements(node.ConditionClause?.Expressions),
      context,
    );
    return { ...table, columns: named(table.columns, node) };
  },
};

const lookup: Operator<'LookupOperator'> = {
  node: 'LookupOperator',
  names: ['lookup'],
  summary: 'Columns of a second table, found by keys.',
  page: 'lookup-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const name = optionOf(items(node.Parameters), node, context, 'leftouter');
    const kind = name === 'inner' || name === 'leftouter' ? KINDS[name] : undefined;
    if (kind === undefined)
      context.session.report('GHQ013', `lookup knows the kinds leftouter and inner, not '${name}'.`, node);
    const right = rightOf(node, context);
    const { table, pairs } = joined(
      node,
      input,
      right,
      kind ?? INNER,
      elements(node.LookupClause?.Expressions),
      context,
    );
    const keys = new Set(pairs.map((pair) => pair.rightName));
    const columns = [
      ...table.columns.slice(0, input.columns.length),
      ...table.columns.slice(input.columns.length).filter((entry) => !keys.has(entry.name)),
    ];
    return { ...table, columns: named(columns, node) };
  },
};

/** Operators that put two tables side by side. */
export const JOINS = [join, lookup] as const;
