import { isTabular } from '../parser/kusto.ts';
import { elements, type Expression, type ExpressionNodes } from '../parser/syntax.ts';
import { readsUpTo } from '../sql/free.ts';
import { plan } from '../relation/plan.ts';
import { datetimeParameter } from '../storage.ts';
import { call, constant, lambda, literal, type BoundValue, type Sql } from '../sql/tree.ts';
import type { KqlType } from '../catalogue.ts';
import { COMPARISONS, foldingFor } from '../scalar/comparison.ts';
import { hasSeveral } from '../scalar/search.ts';
import { elementsOf } from '../functions/dynamic.ts';
import type { Context } from './context.ts';
import { convert } from './convert.ts';
import { constantValue, plainType, value, type Constant, type Value } from './value.ts';

type Membership = ExpressionNodes['InExpression'];

/** `in`, `in~` and their negations: over constants, over a dynamic array, over a table's first column. */
export function lowerMembership(node: Membership, context: Context): Value {
  const spelling = node.Operator.Text.toLowerCase();
  const [negated, anyCase] = [spelling.startsWith('!'), spelling.endsWith('~')];
  const subject = context.scalar(node.Left);
  const list = elements(node.Right.Expressions);
  const [only] = list;
  const result =
    only !== undefined && list.length === 1 && isTabular(only.ResultType)
      ? inTable(subject, only, anyCase, context)
      : inList(subject, list, anyCase, context);
  if (result === undefined)
    return context.session.refuse('GHQ022', `'${spelling}' does not take these types.`, node, 'bool');
  return negated
    ? { ...result, sql: result.sql.kind === 'inQuery' ? { ...result.sql, negated: true } : call('not', result.sql) }
    : result;
}

/** Folding where the other side is not known before the query runs. */
const anyFolded = foldingFor([]);

const bool = (sql: Sql): Value => value(sql, 'bool', false);

/** The values a list names: constants one by one, the elements of constant arrays. */
function members(list: readonly Expression[], context: Context): readonly Value[] {
  return list.flatMap((node): readonly Value[] => {
    const member = context.scalar(node);
    return constantElements(member) ?? [member];
  });
}

/** The elements of a constant dynamic array. */
export function constantElements(member: Value): readonly Value[] | undefined {
  if (member.type !== 'dynamic' || typeof member.constant !== 'string') return undefined;
  const parsed: unknown = JSON.parse(member.constant);
  return Array.isArray(parsed) ? parsed.map(elementValue) : undefined;
}

function elementValue(element: unknown): Value {
  if (typeof element === 'string') return constantValue('string', element);
  if (typeof element === 'boolean') return constantValue('bool', element);
  if (typeof element === 'number')
    return Number.isSafeInteger(element) ? constantValue('long', BigInt(element)) : constantValue('real', element);
  return constantValue('dynamic', JSON.stringify(element));
}

function inList(subject: Value, list: readonly Expression[], anyCase: boolean, context: Context): Value | undefined {
  const values = members(list, context);
  const arrays = values.filter((member) => member.type === 'dynamic' && member.constant === undefined);
  const singles = values.filter((member) => !(member.type === 'dynamic' && member.constant === undefined));
  const tests: Sql[] = arrays.map((array) => inArray(subject, array, anyCase));
  if (singles.length > 0) {
    const test = inSingles(subject, singles, anyCase);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  const [first, ...rest] = tests;
  return bool(first === undefined ? constant(0) : rest.length === 0 ? first : call('or', first, ...rest));
}

/** One bound array where all are constants of the subject's type: the engine makes a set of it and its index sees it. */
function inSingles(subject: Value, singles: readonly Value[], anyCase: boolean): Sql | undefined {
  const type = commonType(subject, singles);
  const side = subject.type === type ? subject : convert(subject, type);
  if (side === undefined) return undefined;
  const bound = singles.map((member) => boundMember(member, type, anyCase));
  if (bound.every((member) => member !== undefined)) {
    const set = literal(`Array(${plainType(type)})`, bound);
    const test = call('in', anyCase ? foldingFor(singles)(side) : side.sql, set);
    return side.nullable ? call('ifNull', test, constant(0)) : test;
  }
  const tests = singles.map((member) => COMPARISONS[anyCase ? '=~' : '==']?.(subject, member, 'bool')?.sql);
  const known = tests.filter((test) => test !== undefined);
  const [first, ...rest] = known;
  return known.length !== tests.length || first === undefined
    ? undefined
    : rest.length === 0
      ? first
      : call('or', first, ...rest);
}

function commonType(subject: Value, singles: readonly Value[]): KqlType {
  if (subject.type !== 'dynamic') return subject.type === 'int' ? 'long' : subject.type;
  const [first] = singles;
  return first === undefined || first.type === 'dynamic' || singles.some((member) => member.type !== first.type)
    ? 'string'
    : first.type;
}

function boundMember(member: Value, type: KqlType, anyCase: boolean): BoundValue | undefined {
  const { constant: known } = member;
  if (known === undefined || known === null) return undefined;
  const same =
    member.type === type ||
    (type === 'long' && member.type === 'int') ||
    (type === 'real' && typeof known === 'bigint' && (member.type === 'long' || member.type === 'int'));
  if (same) return boundConstant(known, type, anyCase);
  return type === 'string' && (member.type === 'long' || member.type === 'int') ? String(known) : undefined;
}

function boundConstant(known: Exclude<Constant, null>, type: KqlType, anyCase: boolean): BoundValue | undefined {
  if (type === 'string') return anyCase ? String(known).toLowerCase() : String(known);
  if (type === 'real') return Number(known);
  if (type === 'datetime') return typeof known === 'bigint' ? datetimeParameter(known) : undefined;
  return known;
}

function inArray(subject: Value, array: Value, anyCase: boolean): Sql {
  const texts = call(
    'arrayMap',
    lambda((item) =>
      anyCase
        ? call('lowerUTF8', call('JSONExtract', item, constant('String')))
        : call('JSONExtract', item, constant('String')),
    ),
    elementsOf(array),
  );
  const text = convert(subject, 'string') ?? subject;
  return call('has', texts, anyCase ? anyFolded(text) : text.sql);
}

function inTable(subject: Value, node: Expression, anyCase: boolean, context: Context): Value | undefined {
  const before = context.session.newColumn();
  const table = context.table(node);
  const [column] = table.columns;
  if (column === undefined) return undefined;
  const read: Value = { sql: { kind: 'column', id: column.id }, type: column.type, nullable: column.nullable };
  const side = subject.type === 'dynamic' ? convert(subject, column.type) : subject;
  const converted = side && (read.type === side.type || read.type !== 'dynamic' ? read : convert(read, side.type));
  if (side === undefined || converted === undefined) return undefined;
  const id = context.session.newColumn();
  const relation = {
    kind: 'compute',
    input: table.relation,
    columns: [{ id, value: anyCase ? anyFolded(converted) : converted.sql }],
  } as const;
  const select = plan(relation, new Set([id]));
  if (readsUpTo(select, before))
    context.session.report(
      'GHQ013',
      'The list is one for the whole query: its query cannot read the row around it.',
      node,
    );
  return bool({ kind: 'inQuery', value: anyCase ? anyFolded(side) : side.sql, select, negated: false });
}

/** `has_any (…)`, `has_all (…)`. */
export function lowerHasSeveral(node: Membership, context: Context, all: boolean): Value {
  const subject = context.scalar(node.Left);
  const nodes = elements(node.Right.Expressions);
  const [only] = nodes;
  if (only !== undefined && nodes.length === 1 && isTabular(only.ResultType))
    return hasOfTable(subject, only, node, context, all);
  const needles = members(nodes, context);
  const array = needles.find((needle) => needle.type === 'dynamic' && needle.constant === undefined);
  if (array !== undefined) return hasOfArray(subject, elementsOf(array), all);
  return (
    hasSeveral(subject, needles, all) ??
    context.session.refuse('GHQ022', `'${node.Operator.Text}' does not take ${subject.type}.`, node, 'bool')
  );
}

function hasOfArray(subject: Value, array: Sql, all: boolean): Value {
  const text = convert(subject, 'string') ?? subject;
  const test = lambda((item) => {
    const word = value(call('JSONExtract', item, constant('String')), 'string', false);
    return hasSeveral(text, [word], true)?.sql ?? constant(0);
  });
  return bool(call(all ? 'arrayAll' : 'arrayExists', test, array));
}

function hasOfTable(subject: Value, words: Expression, node: Membership, context: Context, all: boolean): Value {
  const table = context.table(words);
  const [column] = table.columns;
  const word =
    column &&
    convert({ sql: { kind: 'column', id: column.id }, type: column.type, nullable: column.nullable }, 'string');
  if (word === undefined) return context.session.refuse('GHQ022', 'The table needs a column of texts.', node, 'bool');
  const id = context.session.newColumn();
  const relation = {
    kind: 'aggregate',
    input: table.relation,
    keys: [],
    values: [{ id, value: call('groupUniqArray', call('toJSONString', word.sql)) }],
  } as const;
  return hasOfArray(subject, { kind: 'scalarQuery', select: plan(relation, new Set([id])) }, all);
}
