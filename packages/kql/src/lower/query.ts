import type { CatalogueTable } from '../catalogue.ts';
import { KqlRefusal } from '../errors.ts';
import { invariant } from '../invariant.ts';
import { operatorOf, sourceOf } from '../operators/index.ts';
import { classOf } from '../parser/kusto.ts';
import {
  elements,
  type Expression,
  type ExpressionStatement,
  type FunctionCall,
  type NameNode,
  type QueryBlock,
  type SourceNodes,
  type SyntaxNode,
  textOf,
} from '../parser/syntax.ts';
import { WATCHLIST_ALIAS_FUNCTION } from '../parser/watchlists.ts';
import { freshen } from '../relation/freshen.ts';
import type { Column, Table } from '../relation/tree.ts';
import { literal } from '../sql/tree.ts';
import { isNullableStorage } from '../storage.ts';
import { typeNamed, type Context, type Place } from './context.ts';
import { lowerScalar } from './expression.ts';
import { bindParameters } from './inline.ts';
import { stillOpen, withNamed } from './open.ts';
import { Environment, type Session } from './scope.ts';
import { lowerStatement } from './statement.ts';
import { inDatabase, patternCall } from './entities.ts';
import { WATCHLIST_CALLS, watchlistAliases } from './watchlist.ts';

/** Where a tabular expression begins there is no row around it. */
const OUTSIDE = {
  row: undefined,
  sides: undefined,
  aggregates: undefined,
  below: undefined,
  record: undefined,
  search: undefined,
  graph: undefined,
} as const;

/** A context in which expressions are lowered by this package's tables. */
export function createContext(session: Session, place: Place): Context {
  const context: Context = {
    ...place,
    session,
    with: (changes) => createContext(session, { ...place, ...changes }),
    scalar: (node) => lowerScalar(node, context),
    table: (node) => session.deeper(node, () => lowerTable(node, context.with(OUTSIDE))),
    pipe: (node, input) =>
      session.deeper(node, () =>
        lowerTable(node, context.with(OUTSIDE), (first, inside) => lowerOperator(first, input, inside)),
      ),
    pipeOver: (node, begin) =>
      session.deeper(node, () =>
        lowerTable(node, context.with(OUTSIDE), (first, inside) => begin(lowerSource(first, inside))),
      ),
    catalogueTable: (name, node) => {
      const table = session.tableNamed(name);
      invariant(table, `the table ${name} is in the catalogue`);
      return scan(table, node, session);
    },
  };
  return context;
}

/** Lowers the statements of a query; the answer is that of the last tabular expression. */
export function lowerQuery(block: QueryBlock, session: Session): Table {
  let context = createContext(session, { environment: new Environment(), row: undefined });
  let answer: Table | undefined;
  for (const statement of elements<SyntaxNode>(block.Statements)) {
    if (classOf(statement) !== 'ExpressionStatement') {
      context = context.with({ environment: lowerStatement(statement, context) });
      continue;
    }
    const { Expression: expression } = statement as ExpressionStatement;
    if (answer !== undefined)
      throw new KqlRefusal(
        'GHQ014',
        'A query has one answer: this is a second expression. Put both into one with union, or run them one by one.',
        session.placeOf(statement),
      );
    answer = context.table(expression);
  }
  if (answer === undefined)
    throw new KqlRefusal('GHQ003', 'The text has no query expression: it must end with one.', { start: 0, end: 1 });
  if (answer.graph !== undefined)
    throw new KqlRefusal('GHQ014', 'The query ends with a graph: graph-match or graph-to-table makes rows of it.', {
      start: 0,
      end: 1,
    });
  return limited(answer, session);
}

/** `set query_take_max_records` and `set truncationmaxrecords` bound the answer. */
function limited(answer: Table, session: Session): Table {
  return ['query_take_max_records', 'truncationmaxrecords'].reduce((table, option): Table => {
    const count = session.options.get(option)?.constant;
    if (typeof count !== 'bigint') return table;
    const { relation: input, order } = table;
    return { ...table, relation: { kind: 'limit', input, order, count: literal('UInt64', count < 0n ? 0n : count) } };
  }, answer);
}

/** A pipe: what it begins with, then its steps. */
function lowerTable(node: Expression, context: Context, begin: typeof lowerSource = lowerSource): Table {
  // A pipe leans to the left: walked in a loop, so that its length is no depth.
  const steps: Expression[] = [];
  let first = node;
  while (classOf(first) === 'PipeExpression') {
    const pipe = first as SourceNodes['PipeExpression'];
    steps.push(pipe.Operator);
    first = pipe.Expression;
  }
  return steps.reduceRight((input, step) => lowerOperator(step, input, context), begin(first, context));
}

function lowerOperator(node: Expression, input: Table, context: Context): Table {
  context.session.spend(node);
  const name = classOf(node);
  if (name === 'InvokeOperator')
    return lowerInvoke(node as Expression & { readonly Function: Expression }, input, context);
  const operator = operatorOf(name);
  if (operator !== undefined) {
    if ((input.graph !== undefined) !== (operator.ofGraph ?? false))
      throw new KqlRefusal(
        'GHQ013',
        input.graph === undefined
          ? `'${operator.names[0] ?? name}' takes a graph: make-graph makes one.`
          : `'${operator.names[0] ?? name}' takes rows: graph-match or graph-to-table makes some of a graph.`,
        context.session.placeOf(node),
      );
    if (input.subtables !== undefined && operator.perSubtable !== true)
      context.session.report(
        'GHQ013',
        `The operator '${operator.names[0] ?? name}' is not supported inside partition and mv-apply.`,
        node,
      );
    return stillOpen(operator.lower(node as never, withNamed(node, input, context), context), node, context);
  }
  const spelling = /^[\w-]+/.exec(textOf(node))?.[0] ?? name;
  context.session.report('GHQ010', `The operator '${spelling}' is not supported.`, node);
  return placeholder(node, context);
}

/** The columns that a refused operator would give, so that what follows is checked too. */
function placeholder(node: Expression, context: Context): Table {
  const list = node.ResultType?.Columns;
  const columns = Array.from({ length: list?.Count ?? 0 }, (_, index): Column => {
    const symbol = list?.getItem(index);
    const type = typeNamed(symbol?.Type.Name, 'dynamic');
    return { id: context.session.newColumn(), name: symbol?.Name ?? '', type, nullable: isNullableStorage(type) };
  });
  return { relation: { kind: 'single' }, columns, order: [] };
}

function lowerSource(node: Expression, context: Context): Table {
  context.session.spend(node);
  const name = classOf(node);
  switch (name) {
    case 'NameReference':
      return named((node as NameNode).SimpleName, node as NameNode, context);
    case 'MaterializeExpression':
      return context.session.share(context.table((node as SourceNodes['MaterializeExpression']).Expression));
    case 'ParenthesizedExpression':
      return context.table((node as SourceNodes['ParenthesizedExpression']).Expression);
    case 'FunctionCallExpression':
      return patternCall(node as FunctionCall, undefined, context) ?? called(node as FunctionCall, context);
    case 'PathExpression':
      return lowerPath(node as SourceNodes['PathExpression'], context);
    default: {
      const source = sourceOf(name);
      if (source !== undefined) return source.lower(node as never, context);
      const spelling = /^[\w-]+/.exec(textOf(node))?.[0] ?? name;
      context.session.report('GHQ010', `The operator '${spelling}' is not supported.`, node);
      return placeholder(node, context);
    }
  }
}

/** `pattern("a").path`, `database().table`. */
function lowerPath(node: SourceNodes['PathExpression'], context: Context): Table {
  const { Expression: base, Selector: selector } = node;
  const byPattern =
    classOf(base) === 'FunctionCallExpression' ? patternCall(base as FunctionCall, selector, context) : undefined;
  if (byPattern !== undefined) return byPattern;
  const name = inDatabase(node, context);
  if (name !== undefined && !name.SimpleName.includes('*')) return stored(name.SimpleName, name, context);
  context.session.report('GHQ025', `There is one database here; '${textOf(node)}' is not in it.`, node);
  return placeholder(node, context);
}

function named(name: string, node: NameNode | FunctionCall, context: Context): Table {
  const { session, environment } = context;
  const binding = environment.seesLet(name) ? environment.get(name) : undefined;
  if (binding?.kind === 'table')
    return freshen(
      binding.table,
      () => session.newColumn(),
      () => session.spend(node),
    );
  const isFunction = binding === undefined ? isStored(name, session) : binding.kind === 'function';
  const body = isFunction ? node.GetCalledFunctionBody() : null;
  if (body?.Expression) {
    const { Expression: expression } = body;
    return session.insideCall(node, () =>
      context.with({ environment: bindParameters(node, body, context) }).table(expression),
    );
  }
  return stored(name, node, context);
}

function stored(name: string, node: NameNode | FunctionCall, context: Context): Table {
  const { session, environment } = context;
  const table = session.tableNamed(name);
  if (table !== undefined && environment.seesStored(name)) return scan(table, node, session);
  if (name === WATCHLIST_ALIAS_FUNCTION && session.catalogue.watchlists !== undefined) return watchlistAliases(context);
  const reason = table === undefined ? `There is no table '${name}'.` : `'restrict access' leaves no table '${name}'.`;
  session.report('GHQ025', reason, node);
  return placeholder(node, context);
}

function isStored(name: string, session: Session): boolean {
  return session.catalogue.functions.some((stored) => stored.name === name);
}

/** Columns that every row has; the others can be null. */
function scan(table: CatalogueTable, node: SyntaxNode, session: Session): Table {
  session.spend(node);
  session.tablesRead.add(table.name);
  const required = new Set([table.timeColumn, table.arrivalColumn]);
  const columns = table.columns.map((column): Column => ({
    id: session.newColumn(),
    name: column.name,
    type: column.type,
    nullable: isNullableStorage(column.type) && !required.has(column.name),
  }));
  const arrival: Column | undefined =
    table.arrivalColumn === undefined
      ? undefined
      : (columns.find((column) => column.name === table.arrivalColumn) ?? {
          id: session.newColumn(),
          name: table.arrivalColumn,
          type: 'datetime',
          nullable: false,
        });
  const read = arrival === undefined || columns.includes(arrival) ? columns : [...columns, arrival];
  return {
    relation: { kind: 'scan', table, columns: read.map(({ id, name }) => ({ id, name })) },
    columns,
    order: [],
    ...(arrival === undefined ? {} : { arrival }),
  };
}

/** A call that gives a table: a function of the query or the catalogue, or `table("name")`. */
function called(node: FunctionCall, context: Context, piped?: Table): Table {
  const name = node.Name.SimpleName;
  const { environment } = context;
  const isVisible = environment.get(name) === undefined ? environment.seesStored(name) : environment.seesLet(name);
  const body = isVisible ? node.GetCalledFunctionBody() : null;
  if (!isVisible) {
    context.session.report('GHQ025', `'restrict access' leaves no function '${name}'.`, node.Name);
    return placeholder(node, context);
  }
  if (body?.Expression) {
    const { Expression: expression } = body;
    return context.session.insideCall(node, () =>
      context.with({ environment: bindParameters(node, body, context, piped) }).table(expression),
    );
  }
  const watchlist = WATCHLIST_CALLS[name];
  if (watchlist !== undefined) return watchlist(node, context);
  if (name === 'table') {
    const [argument] = elements(node.ArgumentList.Expressions);
    const wanted = argument && context.scalar(argument).constant;
    if (typeof wanted === 'string') return named(wanted, node, context);
  }
  context.session.report('GHQ011', `The function ${name}() is not supported.`, node.Name);
  return placeholder(node, context);
}

function lowerInvoke(node: Expression & { readonly Function: Expression }, input: Table, context: Context): Table {
  return called(node.Function as FunctionCall, context, input);
}
