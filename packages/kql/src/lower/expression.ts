import type { KqlType } from '../catalogue.ts';
import { KqlRefusal, nearest } from '../errors.ts';
import { invariant } from '../invariant.ts';
import { classOf, kindOf } from '../parser/kusto.ts';
import { readClock, readLiteral } from '../parser/literals.ts';
import {
  elements,
  type Expression,
  type ExpressionNodes,
  type FunctionCall,
  type NameNode,
  textOf,
} from '../parser/syntax.ts';
import { findColumn } from '../relation/tree.ts';
import { BINARY_OPERATORS } from '../scalar/binary.ts';
import { negate } from '../scalar/arithmetic.ts';
import { engineRegex } from '../scalar/regex.ts';
import { between, COMPARISONS } from '../scalar/comparison.ts';
import { anyOf, termIn } from '../scalar/term.ts';
import { ARITHMETIC } from '../scalar/arithmetic.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';
import { TICKS_PER_DAY } from '../storage.ts';
import { sizeOf } from '../sql/size.ts';
import { lowerCall, lowerCallColumns } from './call.ts';
import { columnValue, typeNamed, type Context } from './context.ts';
import { convert } from './convert.ts';
import { compoundText, jsonOf } from './json.ts';
import { bindParameters } from './inline.ts';
import { lowerMembership, lowerHasSeveral } from './membership.ts';
import { scalarQuery } from './subquery.ts';
import { constantValue, datetimeToTicks, momentValue, nullOf, ticksToDatetime, value, type Value } from './value.ts';

/** Nodes of one expression: names that stand for each other's doubles double at every step. */
const SIZE_LIMIT = 20_000;

/** Types of literals that were parsed but not bound: the defaults of a stored function's parameters. */
const LITERAL_TYPES: Readonly<Record<string, KqlType>> = {
  BooleanLiteralExpression: 'bool',
  IntLiteralExpression: 'int',
  LongLiteralExpression: 'long',
  RealLiteralExpression: 'real',
  DecimalLiteralExpression: 'decimal',
  StringLiteralExpression: 'string',
  DateTimeLiteralExpression: 'datetime',
  TimespanLiteralExpression: 'timespan',
  GuidLiteralExpression: 'guid',
};

type Handlers = {
  readonly [Class in keyof ExpressionNodes]: (node: ExpressionNodes[Class], context: Context) => Value;
};

/** The binder's type of an expression; `otherwise` where it does not know. */
export function resultType(node: Expression, otherwise: KqlType = 'dynamic'): KqlType {
  return typeNamed(node.ResultType?.Name, otherwise);
}

/** Lowers one scalar expression. What is not supported is reported and becomes a null, so that the rest is checked too. */
export function lowerScalar(node: Expression, context: Context): Value {
  const name = classOf(node);
  const handler = (
    HANDLERS as unknown as Readonly<Record<string, ((node: Expression, context: Context) => Value) | undefined>>
  )[name];
  if (handler === undefined)
    return context.session.refuse(
      'GHQ014',
      `This kind of expression (${name}) is not supported.`,
      node,
      resultType(node),
    );
  const result = context.session.deeper(node, () => handler(node, context));
  checkSize(result, node, context);
  return result;
}

/** Lowers an expression where a call may give several columns. */
export function lowerColumns(node: Expression, context: Context): readonly Value[] {
  if (classOf(node) !== 'FunctionCallExpression') return [lowerScalar(node, context)];
  const results = context.session.deeper(node, () => lowerCallColumns(node as FunctionCall, context));
  for (const result of results) checkSize(result, node, context);
  return results;
}

function checkSize(result: Value, node: Expression, context: Context): void {
  if (sizeOf(result.sql) > SIZE_LIMIT)
    throw new KqlRefusal(
      'GHQ004',
      `The expression expands to more than ${SIZE_LIMIT} parts.`,
      context.session.placeOf(node),
    );
}

const inner = (node: { readonly Expression: Expression }, context: Context): Value =>
  lowerScalar(node.Expression, context);

const HANDLERS: Handlers = {
  LiteralExpression: (node, context) => {
    const kind = kindOf(node);
    // A text that stands as a condition of its own (`search "x"`) is a bool to the binder.
    const type = kind === 'StringLiteralExpression' ? 'string' : resultType(node, LITERAL_TYPES[kind]);
    const text = node.Token.ValueText;
    if (type === 'dynamic') return nullOf('dynamic');
    const constant_ = readLiteral(type, text);
    const clock = type === 'datetime' && constant_ === undefined ? readClock(text) : undefined;
    if (clock !== undefined) return today(clock);
    return constant_ === undefined
      ? context.session.refuse('GHQ021', `'${text}' is not a ${type}.`, node, type)
      : constantValue(type, constant_);
  },
  CompoundStringLiteralExpression: (node) => constantValue('string', compoundText(node)),
  DynamicExpression: (node, context) => {
    const json = jsonOf(node.Expression);
    if (json === undefined)
      return context.session.refuse('GHQ020', 'What stands in dynamic() must be a constant.', node, 'dynamic');
    return json === 'null' ? nullOf('dynamic') : constantValue('dynamic', json);
  },
  NameReference: lowerName,
  FunctionCallExpression: lowerCall,
  BinaryExpression: (node, context) => {
    const spelling = spelled(node.Operator.Text.toLowerCase(), context);
    const lower = BINARY_OPERATORS[spelling];
    const type = resultType(node, 'dynamic');
    if (spelling === ':') return termOf(node.Left, node.Right, context);
    if (lower === undefined)
      return context.session.refuse('GHQ010', `The operator '${spelling}' is not supported.`, node, type);
    const right = lowerScalar(node.Right, context);
    if (classOf(node.Left) === 'StarExpression') return anyOf(starred(context), spelling, lower, right);
    const left = lowerScalar(node.Left, context);
    if (spelling === 'matches regex' && typeof right.constant === 'string' && engineRegex(right.constant) === undefined)
      return context.session.refuse('GHQ023', 'RE2 does not accept this regular expression.', node.Right, type);
    const result = lower(left, right, type);
    return (
      result ??
      context.session.refuse('GHQ022', `'${spelling}' does not take ${left.type} and ${right.type}.`, node, type)
    );
  },
  PrefixUnaryExpression: (node, context) => {
    const operand = inner(node, context);
    if (node.Operator.Text === '+') return operand;
    return (
      negate(operand) ?? context.session.refuse('GHQ022', `'-' does not take ${operand.type}.`, node, operand.type)
    );
  },
  ParenthesizedExpression: inner,
  BracketedExpression: inner,
  BetweenExpression: (node, context) => {
    const subject = lowerScalar(node.Left, context);
    const low = lowerScalar(node.Right.First, context);
    const high = lowerScalar(node.Right.Second, context);
    // A datetime range may end with a timespan, counted from its beginning.
    const end = subject.type === 'datetime' && high.type === 'timespan' ? ARITHMETIC['+'](low, high, 'datetime') : high;
    const result = end && between(subject, low, end, node.Operator.Text.startsWith('!'));
    return (
      result ??
      context.session.refuse('GHQ022', `'between' does not take ${subject.type} and ${low.type}.`, node, 'bool')
    );
  },
  InExpression: lowerMembership,
  HasAnyExpression: (node, context) => lowerHasSeveral(node, context, false),
  HasAllExpression: (node, context) => lowerHasSeveral(node, context, true),
  PathExpression: (node, context) => {
    const side = classOf(node.Expression) === 'NameReference' ? (node.Expression as NameNode).SimpleName : '';
    if (context.graph !== undefined && side !== '') {
      const property = quotedName(node.Selector) ?? (node.Selector as NameNode).SimpleName;
      const found = context.graph.member(side, property);
      if (found !== undefined) return found;
    }
    if (context.sides !== undefined && (side === '$left' || side === '$right')) {
      const name = selectorName(node.Selector);
      const found = findColumn(context.sides[side === '$left' ? 'left' : 'right'], name);
      return found
        ? columnValue(found)
        : context.session.refuse('GHQ024', `The ${side} side has no column '${name}'.`, node, resultType(node));
    }
    const held = context.record?.(side, selectorName(node.Selector));
    if (held !== undefined) return held;
    const base = inner(node, context);
    const name =
      quotedName(node.Selector) ??
      (classOf(node.Selector) === 'NameReference' ? (node.Selector as NameNode).SimpleName : undefined);
    if (name !== undefined) return pathStep(base, constantValue('string', name).sql);
    return element(base, lowerScalar(node.Selector, context));
  },
  ElementExpression: (node, context) => {
    const [base, ...more] = lowerColumns(node.Expression, context);
    invariant(base, 'an expression has a value');
    // `array_sort_asc(a, b)[1]`: of several columns the one of that number.
    const wanted = more.length > 0 ? lowerScalar(node.Selector, context).constant : undefined;
    if (typeof wanted === 'bigint') return [base, ...more][Number(wanted)] ?? nullOf('dynamic');
    const name = quotedName(node.Selector);
    if (name !== undefined) return pathStep(base, constantValue('string', name).sql);
    return element(base, lowerScalar(node.Selector, context));
  },
  ToScalarExpression: (node, context) => scalarQuery(node.Expression, context),
  SimpleNamedExpression: inner,
  CompoundNamedExpression: inner,
  OrderedExpression: inner,
  TypeOfLiteralExpression: (node) =>
    constantValue(
      'string',
      elements(node.Types)
        .map((type) => textOf(type))
        .join(','),
    ),
  StarExpression: (node, context) =>
    context.session.refuse('GHQ014', "A '*' stands for all columns before a text operator only.", node, 'bool'),
};

/** `datetime(8:30)`: that time of the day of the run. */
function today(ticks: bigint): Value {
  const now = datetimeToTicks(momentValue(0n).sql);
  const midnight = call('minus', now, call('positiveModulo', now, literal('Int64', TICKS_PER_DAY)));
  return value(ticksToDatetime(call('plus', midnight, literal('Int64', ticks))), 'datetime', false);
}

/** Every column of the row, for `*` before an operator. */
function starred(context: Context): readonly Value[] {
  return (context.row?.columns ?? []).map(columnValue);
}

/** The operator as a case-sensitive search takes it. */
function spelled(operator: string, context: Context): string {
  if (context.search?.caseSensitive !== true) return operator;
  const sensitive = { '=~': '==', '!~': '!=' }[operator] ?? `${operator}_cs`;
  return BINARY_OPERATORS[sensitive] === undefined ? operator : sensitive;
}

/** `column : "term"`. */
function termOf(left: Expression, right: Expression, context: Context): Value {
  const term = lowerScalar(right, context).constant;
  if (typeof term !== 'string')
    return context.session.refuse('GHQ020', "What stands after ':' must be a constant text.", right, 'bool');
  const lefts = classOf(left) === 'StarExpression' ? starred(context) : [lowerScalar(left, context)];
  return termIn(lefts, term, context.search?.caseSensitive ?? false);
}

/**
 * The predicate of `search` and `find`: a text that stands alone is a term, looked for in every column; `*` is true.
 */
export function lowerPredicate(node: Expression, context: Context): Value {
  const again = (part: Expression): Value => context.session.deeper(part, () => lowerPredicate(part, context));
  switch (classOf(node)) {
    case 'StarExpression':
      return value(constant(1), 'bool', false);
    case 'ParenthesizedExpression':
      return again((node as ExpressionNodes['ParenthesizedExpression']).Expression);
    case 'BinaryExpression': {
      const { Left: left, Operator: operator, Right: right } = node as ExpressionNodes['BinaryExpression'];
      const logic = COMPARISONS[operator.Text.toLowerCase()];
      if (!/^(?:and|or)$/i.test(operator.Text) || logic === undefined) break;
      const result = logic(again(left), again(right), 'bool');
      return result ?? context.session.refuse('GHQ022', 'A predicate is made of conditions.', node, 'bool');
    }
    case 'FunctionCallExpression': {
      const { Name: name, ArgumentList: list } = node as ExpressionNodes['FunctionCallExpression'];
      const [argument] = elements(list.Expressions);
      if (name.SimpleName !== 'not' || argument === undefined) break;
      const inside = again(argument);
      return { ...inside, sql: call('not', inside.sql) };
    }
  }
  const result = context.scalar(node);
  if (typeof result.constant === 'string' && result.type === 'string')
    return termIn(starred(context), result.constant, context.search?.caseSensitive ?? false);
  const truth = convert(result, 'bool');
  return truth ?? context.session.refuse('GHQ022', 'A predicate is made of conditions.', node, 'bool');
}

function lowerName(node: NameNode, context: Context): Value {
  const name = node.SimpleName;
  const found = context.row && findColumn(context.row, name);
  const whole = found === undefined ? context.graph?.whole(name) : undefined;
  if (whole !== undefined) return whole;
  const binding = context.environment.get(name);
  const isVariable =
    node.ReferencedSymbol !== null &&
    /Variable|Parameter/.test(classOf(node.ReferencedSymbol as unknown as Expression));
  if (found !== undefined && !(isVariable && binding?.kind === 'scalar')) return columnValue(found);
  if (binding?.kind === 'scalar') return binding.value;
  const body = binding?.kind === 'function' ? node.GetCalledFunctionBody() : null;
  if (body?.Expression) {
    const { Expression: expression } = body;
    return context.session.insideCall(node, () =>
      context.with({ environment: bindParameters(node, body, context) }).scalar(expression),
    );
  }
  if (binding?.kind === 'table')
    return context.session.refuse(
      'GHQ014',
      `'${name}' is a table; toscalar() makes one value of it.`,
      node,
      resultType(node),
    );
  const absent = context.search?.absent.get(name);
  if (absent !== undefined) return nullOf(absent);
  // The key of a partition, in a subquery over another table.
  const key = context.row?.subtables?.carried.find((entry) => entry.name === name);
  if (key !== undefined) return columnValue(key);
  const suggestion = nearest(name, context.row?.columns.map((column) => column.name) ?? []);
  context.session.report('GHQ024', `The name '${name}' is not known here.`, node, suggestion);
  return nullOf(resultType(node));
}

function selectorName(selector: Expression): string {
  return classOf(selector) === 'NameReference'
    ? (selector as NameNode).SimpleName
    : textOf(selector).replace(/^\['?|'?\]$/g, '');
}

/** `['@Name']` after a dynamic value: the parser takes it for a name in brackets. */
function quotedName(selector: Expression): string | undefined {
  const bare =
    classOf(selector) === 'BracketedExpression'
      ? (selector as ExpressionNodes['BracketedExpression']).Expression
      : selector;
  if (classOf(bare) !== 'NameReference') return undefined;
  const { Name: name, SimpleName: text } = bare as NameNode & { readonly Name: NameNode };
  return classOf(name) === 'BracketedName' ? text : undefined;
}

function element(base: Value, selector: Value): Value {
  if (selector.type === 'string') return pathStep(base, selector.sql);
  if (typeof selector.constant === 'bigint')
    return pathStep(
      base,
      constantValue('long', selector.constant >= 0n ? selector.constant + 1n : selector.constant).sql,
    );
  if (selector.type === 'dynamic') return pathStep(base, convert(selector, 'string')?.sql ?? selector.sql);
  return pathStep(
    base,
    call(
      'if',
      call('less', selector.sql, constant(0)),
      call('toInt64', selector.sql),
      call('toInt64', call('plus', selector.sql, constant(1))),
    ),
  );
}

/** One more step of a path: the whole path is read by one call. */
export function pathStep(base: Value, step: Sql): Value {
  const source = base.type === 'string' ? { root: base.sql, steps: [] } : (base.path ?? { root: base.sql, steps: [] });
  const path = { root: source.root, steps: [...source.steps, step] };
  return { ...value(call('JSONExtractRaw', path.root, ...path.steps), 'dynamic', false), path };
}
