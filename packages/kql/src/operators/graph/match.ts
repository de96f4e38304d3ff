import type { Context, GraphPlace } from '../../lower/context.ts';
import { columnValue, computed } from '../../lower/context.ts';
import { convert, jsonArray } from '../../lower/convert.ts';
import { value, type Value } from '../../lower/value.ts';
import { classOf } from '../../parser/kusto.ts';
import {
  elements,
  items,
  textOf,
  type Expression,
  type FunctionCall,
  type GraphPatterns,
  type NameNode,
  type SyntaxNode,
} from '../../parser/syntax.ts';
import { asFilter } from '../../scalar/comparison.ts';
import { type Column, type Graph, type Relation, type Table } from '../../relation/tree.ts';
import { call, column, constant, lambda, NULL, type ColumnId, type SelectColumn, type Sql } from '../../sql/tree.ts';
import { namedValues, resultNames } from '../named.ts';
import { askedIn, listAsked, partsOf, patternsOf, type Asked, type PatternEdge } from './pattern.ts';
import { bagOf, readNodes, shortestOf, withColumns, type Nodes } from './read.ts';
import { nodeCall, stepOf, type Step, type StepAsked } from './step.ts';

type Cycles = 'all' | 'none' | 'unique_edges';

/** An edge that the pattern has passed. */
type Passed =
  | { readonly kind: 'one'; readonly columns: readonly Column[]; readonly lists: ReadonlyMap<SyntaxNode, Sql> }
  | { readonly kind: 'many'; readonly lists: ReadonlyMap<SyntaxNode, Sql>; readonly whole: SyntaxNode | undefined };

/** Where the pattern stands: rows, and in them the node that was reached and what was passed before. */
interface State {
  readonly relation: Relation;
  readonly at: ColumnId;
  /** Steps so far. */
  readonly length: ColumnId;
  readonly edges: ColumnId;
  readonly nodes: ColumnId;
}

/** Matches one `graph-match` or `graph-shortest-paths`. */
class Matcher {
  readonly #graph: Graph;
  readonly #node: GraphPatterns;
  readonly #context: Context;
  readonly #cycles: Cycles;
  readonly #asked: Asked;
  readonly #nodes = new Map<string, { readonly key: ColumnId; readonly nodes: Nodes | undefined }>();
  readonly #edges = new Map<string, Passed>();
  /** Conditions that wait for what they read. */
  #waiting: readonly { readonly node: Expression; readonly names: ReadonlySet<string> }[];
  readonly #filters = new Map<string, Expression[]>();
  readonly #names: ReadonlySet<string>;

  constructor(graph: Graph, node: GraphPatterns, cycles: Cycles, context: Context) {
    this.#graph = graph;
    this.#node = node;
    this.#context = context;
    this.#cycles = cycles;
    const condition = node.WhereClause?.Condition;
    const parts = condition === undefined ? [] : partsOf(condition);
    const patterns = patternsOf(node, context).flat();
    const several = new Set(patterns.flatMap(({ edge }) => (edge?.range === undefined ? [] : [edge.name])));
    this.#names = new Set(
      patterns.flatMap((step) => [step.node, step.edge?.name]).filter((name) => name !== undefined),
    );
    // What must hold for every step of an edge chooses among the edges, before any path is made of them.
    this.#waiting = parts.filter(({ node: part }) => {
      const list = classOf(part) === 'FunctionCallExpression' ? listAsked(part as FunctionCall) : undefined;
      const isFilter =
        list?.of === 'edges' && (part as FunctionCall).Name.SimpleName === 'all' && several.has(list.edge);
      if (isFilter && list.element !== undefined)
        this.#filters.set(list.edge, [...(this.#filters.get(list.edge) ?? []), list.element]);
      return !isFilter;
    });
    this.#asked = askedIn([...this.#waiting.map((part) => part.node), ...elements(node.ProjectClause?.Expressions)]);
  }

  /** The rows of the whole pattern, what its names stand for, and the two ends with the steps between them. */
  run(): {
    readonly relation: Relation;
    readonly place: GraphPlace;
    readonly ends: readonly Sql[];
    readonly length: Sql;
  } {
    let state: State | undefined;
    const ends: Sql[] = [];
    for (const pattern of patternsOf(this.#node, this.#context)) {
      pattern.forEach((step, index) => {
        const before = pattern[index - 1]?.edge;
        state =
          state === undefined || before === undefined
            ? this.#begin(step.node, state)
            : this.#reach(step.node, this.#pass(before, state));
        state = this.#choose(state);
        if (index === 0 || index === pattern.length - 1) ends.push(column(state.at));
      });
    }
    const relation = state?.relation ?? { kind: 'single' };
    return { relation, place: this.#place(), ends, length: state === undefined ? constant(0) : column(state.length) };
  }

  #isNeeded(name: string | undefined): boolean {
    return name !== undefined && (this.#asked.members.has(name) || this.#asked.wholes.has(name));
  }

  /** The first node of a pattern: one that is known, or every node. */
  #begin(name: string | undefined, state: State | undefined): State {
    const known = name === undefined ? undefined : this.#nodes.get(name);
    if (state !== undefined && known !== undefined) return { ...state, at: known.key };
    const nodes = readNodes(this.#graph, this.#asked.degrees, this.#node, this.#context);
    if (name !== undefined) this.#nodes.set(name, { key: nodes.key.id, nodes });
    if (state !== undefined) {
      const relation: Relation = {
        kind: 'join',
        left: state.relation,
        right: nodes.table.relation,
        join: 'CROSS JOIN',
        on: [],
      };
      return { ...state, relation, at: nodes.key.id };
    }
    const [length, edges, visited] = [this.#new(), this.#new(), this.#new()];
    const relation = withColumns(nodes.table.relation, [
      { id: length, value: call('toInt64', constant(0)) },
      { id: edges, value: call('emptyArrayUInt64') },
      { id: visited, value: call('array', column(nodes.key.id)) },
    ]);
    return { relation, at: nodes.key.id, length, edges, nodes: visited };
  }

  /** A node after an edge: the one of that name, or a new one. */
  #reach(name: string | undefined, state: State): State {
    if (name === undefined) return state;
    const known = this.#nodes.get(name);
    if (known !== undefined) {
      const condition = call('equals', column(state.at), column(known.key));
      return { ...state, relation: { kind: 'filter', input: state.relation, condition } };
    }
    if (!this.#isNeeded(name)) {
      this.#nodes.set(name, { key: state.at, nodes: undefined });
      return state;
    }
    const nodes = readNodes(this.#graph, this.#asked.degrees, this.#node, this.#context);
    this.#nodes.set(name, { key: nodes.key.id, nodes });
    const relation: Relation = {
      kind: 'join',
      left: state.relation,
      right: nodes.table.relation,
      join: 'ALL INNER JOIN',
      on: [{ left: column(state.at), right: column(nodes.key.id) }],
    };
    this.#context.session.spend(this.#node);
    return { ...state, relation, at: nodes.key.id };
  }

  #pass(edge: PatternEdge, state: State): State {
    const lists = [...this.#asked.lists].flatMap(([node, list]): readonly StepAsked[] =>
      list.edge === edge.name ? [{ node, kind: (node as FunctionCall).Name.SimpleName, list }] : [],
    );
    // Of an edge of several steps a property is the list of it.
    const properties = this.#asked.paths.flatMap(({ node, name, selector }): readonly StepAsked[] =>
      name === edge.name && edge.range !== undefined
        ? [{ node, kind: 'map', list: { edge: name, of: 'edges', element: selector } }]
        : [],
    );
    const isWhole = edge.name !== undefined && edge.range !== undefined && this.#asked.wholes.has(edge.name);
    // The edge as an array of bags is asked for by the pattern itself.
    const all: readonly StepAsked[] = isWhole
      ? [
          ...lists,
          ...properties,
          { node: this.#node, kind: 'map', list: { edge: edge.name, of: 'edges', element: undefined } },
        ]
      : [...lists, ...properties];
    const filters = edge.name === undefined ? [] : (this.#filters.get(edge.name) ?? []);
    const make = (): Step => stepOf(this.#graph, edge, all, filters, this.#asked.degrees, this.#node, this.#context);
    return edge.range === undefined ? this.#passOne(edge, make(), all, state) : this.#passMany(edge, make, all, state);
  }

  /** No edge twice, or no node twice, as the pattern says. */
  #isNew(step: Step, state: State): Sql {
    if (this.#cycles === 'all') return constant(1);
    return this.#cycles === 'none'
      ? call('not', call('has', column(state.nodes), column(step.to)))
      : call('not', call('has', column(state.edges), column(step.edge)));
  }

  #passOne(edge: PatternEdge, step: Step, lists: readonly StepAsked[], state: State): State {
    const joined: Relation = {
      kind: 'join',
      left: state.relation,
      right: step.relation,
      join: 'ALL INNER JOIN',
      on: [{ left: column(state.at), right: column(step.from) }],
    };
    const chosen: Relation = { kind: 'filter', input: joined, condition: this.#isNew(step, state) };
    const [length, edges, nodes] = [this.#new(), this.#new(), this.#new()];
    const relation = withColumns(chosen, [
      { id: length, value: call('plus', column(state.length), constant(1)) },
      { id: edges, value: call('arrayPushBack', column(state.edges), column(step.edge)) },
      { id: nodes, value: call('arrayPushBack', column(state.nodes), column(step.to)) },
    ]);
    if (edge.name !== undefined) {
      const read = lists.map(({ node, list }): [SyntaxNode, Sql] => {
        const one = call('array', column(step.values.get(node) ?? 0));
        return [node, list.of === 'edges' ? one : call('arrayPopBack', one)];
      });
      this.#edges.set(edge.name, { kind: 'one', columns: step.columns, lists: new Map(read) });
    }
    return { relation, at: step.to, length, edges, nodes };
  }

  /**
   * An edge of several steps: at every step a row stops here, goes on, or both. Rows that stopped stay as they are until the
   * last step.
   */
  #passMany(edge: PatternEdge, make: () => Step, lists: readonly StepAsked[], state: State): State {
    const { least, most } = edge.range ?? { least: 1, most: 1 };
    const empty = (kind: string): Sql => call(kind === 'map' ? 'emptyArrayString' : 'emptyArrayUInt8');
    let gathered = new Map(lists.map(({ node }) => [node, this.#new()]));
    let open = this.#new();
    let now = { ...state, at: this.#new() };
    now = {
      ...now,
      relation: withColumns(state.relation, [
        { id: now.at, value: column(state.at) },
        { id: open, value: call('toUInt8', constant(1)) },
        ...lists.map(({ node, kind }): SelectColumn => ({ id: gathered.get(node) ?? 0, value: empty(kind) })),
      ]),
    };
    for (let count = 1; count <= most; count += 1) {
      const step = make();
      const [goes, key, still] = [this.#new(), this.#new(), this.#new()];
      const choices = count - 1 >= least ? [0, 1] : [1];
      const list = (ways: readonly number[]): Sql =>
        call('array', ...ways.map((way) => call('toUInt8', constant(way))));
      const copies: Relation = {
        kind: 'unnest',
        input: now.relation,
        arrays: [{ id: goes, value: call('if', column(open), list(choices), list([0])) }],
        keepEmpty: false,
      };
      const joined: Relation = {
        kind: 'join',
        left: withColumns(copies, [
          { id: key, value: call('if', column(goes), call('toNullable', column(now.at)), NULL) },
        ]),
        right: step.relation,
        join: 'ALL LEFT JOIN',
        on: [{ left: column(key), right: column(step.from) }],
      };
      const isNext = call('and', call('equals', column(step.mark), constant(1)), this.#isNew(step, now));
      const chosen: Relation = {
        kind: 'filter',
        input: joined,
        condition: call('or', call('equals', column(goes), constant(0)), isNext),
      };
      const next = { at: this.#new(), length: this.#new(), edges: this.#new(), nodes: this.#new() };
      const pushed = (id: ColumnId, entry: ColumnId): Sql =>
        call('if', column(goes), call('arrayPushBack', column(id), column(entry)), column(id));
      const more = new Map(lists.map(({ node }) => [node, this.#new()]));
      const relation = withColumns(chosen, [
        { id: next.at, value: call('if', column(goes), column(step.to), column(now.at)) },
        { id: next.length, value: call('plus', column(now.length), column(goes)) },
        { id: next.edges, value: pushed(now.edges, step.edge) },
        { id: next.nodes, value: pushed(now.nodes, step.to) },
        { id: still, value: column(goes) },
        ...lists.map(({ node }): SelectColumn => ({
          id: more.get(node) ?? 0,
          value: pushed(gathered.get(node) ?? 0, step.values.get(node) ?? 0),
        })),
      ]);
      this.#context.session.spend(this.#node, 5);
      [now, gathered, open] = [{ ...next, relation }, more, still];
    }
    if (edge.name !== undefined) {
      const read = lists.map(({ node, list }): [SyntaxNode, Sql] => {
        const all = column(gathered.get(node) ?? 0);
        // The last node that was reached is an end and not inside.
        return [node, list.of === 'edges' ? all : call('arrayPopBack', all)];
      });
      const whole = lists.some(({ list }) => list.element === undefined) ? this.#node : undefined;
      this.#edges.set(edge.name, { kind: 'many', lists: new Map(read), whole });
    }
    return now;
  }

  /** Conditions whose names are all known choose among the rows at once. */
  #choose(state: State): State {
    const isKnown = (name: string): boolean => !this.#names.has(name) || this.#nodes.has(name) || this.#edges.has(name);
    const ready = this.#waiting.filter(({ names }) => [...names].every(isKnown));
    this.#waiting = this.#waiting.filter((part) => !ready.includes(part));
    const inside = this.#context.with({ row: undefined, graph: this.#place() });
    const relation = ready.reduce<Relation>((input, { node }) => {
      const truth = inside.scalar(node);
      return { kind: 'filter', input, condition: asFilter((convert(truth, 'bool') ?? truth).sql) };
    }, state.relation);
    return { ...state, relation };
  }

  #place(): GraphPlace {
    return {
      member: (name, property) => this.#member(name, property),
      whole: (name) => {
        const node = this.#nodes.get(name)?.nodes;
        if (node !== undefined) return bagOf(node.table.columns);
        const edge = this.#edges.get(name);
        if (edge?.kind === 'one') return bagOf(edge.columns);
        const list = edge?.whole && edge.lists.get(edge.whole);
        return list && value(jsonArray(list), 'dynamic', false);
      },
      call: (node) => this.#call(node),
    };
  }

  #member(name: string, property: string): Value | undefined {
    const [node, edge] = [this.#nodes.get(name), this.#edges.get(name)];
    const columns = node?.nodes?.table.columns ?? (edge?.kind === 'one' ? edge.columns : undefined);
    if (edge?.kind === 'many') {
      const path = this.#asked.paths.find(
        (entry) =>
          entry.name === name && edge.lists.has(entry.node) && (entry.selector as NameNode).SimpleName === property,
      );
      const list = path && edge.lists.get(path.node);
      return list && value(jsonArray(list), 'dynamic', false);
    }
    if (columns === undefined) return undefined;
    const found = columns.find((entry) => entry.name === property);
    if (found !== undefined) return columnValue(found);
    this.#context.session.report('GHQ024', `'${name}' has no property '${property}'.`, this.#node);
    return undefined;
  }

  #call(node: FunctionCall): Value | undefined {
    const name = node.Name.SimpleName;
    const [first] = elements(node.ArgumentList.Expressions);
    if (/^node_(?:id|degree_in|degree_out)$/.test(name)) {
      const nodes = first && this.#nodes.get(textOf(first))?.nodes;
      return nodes && nodeCall(name, nodes);
    }
    if (name === 'labels')
      return this.#context.session.refuse('GHQ013', 'labels(): graphs of make-graph have none.', node, 'dynamic');
    const asked = listAsked(node);
    const list = asked && this.#edges.get(asked.edge)?.lists.get(node);
    if (list === undefined) return undefined;
    if (name === 'map') return value(jsonArray(list), 'dynamic', false);
    const isTrue = lambda((item) => call('equals', item, constant(1)));
    return value(call(name === 'all' ? 'arrayAll' : 'arrayExists', isTrue, list), 'bool', false);
  }

  #new(): ColumnId {
    return this.#context.session.newColumn();
  }
}

/** The pattern's rows and what `project` makes of them. */
export function match(node: GraphPatterns, input: Table, context: Context, shortest: boolean): Table {
  const { graph } = input;
  let [cycles, output]: [Cycles, string] = [shortest ? 'none' : 'unique_edges', 'any'];
  for (const parameter of items(node.Parameters)) {
    const [name, text] = [parameter.Name.SimpleName.toLowerCase(), textOf(parameter.Expression).toLowerCase()];
    if (name === 'cycles' && (text === 'all' || text === 'none' || text === 'unique_edges')) cycles = text;
    else if (name === 'output' && (text === 'any' || text === 'all')) output = text;
    else context.session.report('GHQ013', `The option '${name}=${text}' is not supported.`, parameter);
  }
  if (node.ProjectClause === null)
    context.session.report('GHQ013', 'graph-match without project gives a graph: say what to project.', node);
  if (graph === undefined) return { ...input, columns: [] };
  const { relation, place, ends, length } = new Matcher(graph, node, cycles, context).run();
  const matched: Table = {
    relation: shortest ? shortestOf(relation, ends, length, output === 'all', context) : relation,
    columns: [],
    order: [],
  };
  const names = resultNames(node);
  const values = elements(node.ProjectClause?.Expressions)
    .flatMap((expression) => namedValues(expression, context.with({ row: undefined, below: undefined, graph: place })))
    .map((entry, index) => ({ ...entry, name: names[index] ?? (entry.name || `Column${index + 1}`) }));
  const { table, columns } = computed(context, matched, values);
  return { ...table, columns };
}
