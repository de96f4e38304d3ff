import type { Catalogue, CatalogueTable, KqlType } from '../catalogue.ts';
import { EXTERNAL_PARAMETER, type ExternalRead } from '../external.ts';
import type { Discovered } from '../discovery.ts';
import { KqlRefusal, type Fault, type KqlErrorCode, type Span } from '../errors.ts';
import type { Expression, FunctionBody, PatternDeclaration, SyntaxNode } from '../parser/syntax.ts';
import type { Table } from '../relation/tree.ts';
import { isWorthSharing, Shared } from '../relation/share.ts';
import { column, mapColumns, type ColumnId, type SortKey } from '../sql/tree.ts';
import { nullOf, type Value } from './value.ts';

/** What a name stands for. Tables are made anew at every use, so that a column number never means two things. */
export type Binding =
  | { readonly kind: 'scalar'; readonly value: Value }
  | { readonly kind: 'table'; readonly table: Table }
  | {
      readonly kind: 'function';
      readonly environment: Environment;
      /** Of a `view`, which `union`, `search` and `find` see beside the tables. */
      readonly view?: FunctionBody;
    }
  | { readonly kind: 'pattern'; readonly environment: Environment; readonly declaration: PatternDeclaration };

/** What `restrict access to` leaves visible. */
export interface Restriction {
  readonly lets: (name: string) => boolean;
  readonly stored: (name: string) => boolean;
}

/** Names by `let` and by parameters; inner ones hide outer ones. */
export class Environment {
  readonly #names = new Map<string, Binding>();
  readonly #outer: Environment | undefined;
  /** Which of the outer names that give rows can be seen from here. */
  readonly #restriction: Restriction | undefined;

  constructor(outer?: Environment, restriction?: Restriction) {
    this.#outer = outer;
    this.#restriction = restriction;
  }

  /** True where a table, view, function or pattern of the query that has this name may be used. */
  seesLet(name: string): boolean {
    if (this.#names.has(name)) return true;
    return (this.#restriction?.lets(name) ?? true) && (this.#outer?.seesLet(name) ?? true);
  }

  /** True where a table or function of the catalogue may be used. */
  seesStored(name: string): boolean {
    return (this.#restriction?.stored(name) ?? true) && (this.#outer?.seesStored(name) ?? true);
  }

  /** The names of views, as far as they can be seen. */
  views(): readonly string[] {
    const own = [...this.#names].filter(([, entry]) => entry.kind === 'function' && entry.view !== undefined);
    const names = [...(this.#outer?.views() ?? []), ...own.map(([name]) => name)];
    return [...new Set(names)].filter((name) => this.seesLet(name));
  }

  get(name: string): Binding | undefined {
    return this.#names.get(name) ?? this.#outer?.get(name);
  }

  set(name: string, binding: Binding): void {
    this.#names.set(name, binding);
  }
}

/** How many relational nodes a query may become: a chain of lets, each using the one before twice, doubles at every step. */
const RELATION_LIMIT = 2_000;
const DEPTH_LIMIT = 600;

/** What one compilation knows and gathers. */
export class Session {
  readonly catalogue: Catalogue;
  /** What the data has answered so far. */
  readonly discovered: Discovered;
  readonly faults: Fault[] = [];
  /** Tables that are computed once, in the order in which they were met: a later one may use an earlier one. */
  readonly shared: Shared[] = [];
  readonly tablesRead = new Set<string>();
  readonly #external = new Map<string, ExternalRead>();
  readonly visualization: Record<string, string> = {};
  /** What the data is to be asked before the query can be compiled. */
  readonly probes: { readonly site: string; readonly table: Table }[] = [];
  /** The faults that were known when the first unknown table was met: those after it may come of it. */
  unsettledSince: number | undefined;
  /** Values that the caller gives for `declare query_parameters`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly options = new Map<string, Value>();
  readonly #tables: ReadonlyMap<string, CatalogueTable>;
  #lastColumn: ColumnId = 0;
  #relations = 0;
  #depth = 0;
  #call: SyntaxNode | undefined;
  readonly #calls: SyntaxNode[] = [];
  #showBody = false;

  constructor(catalogue: Catalogue, discovered: Discovered = {}, parameters: Readonly<Record<string, string>> = {}) {
    this.catalogue = catalogue;
    this.discovered = discovered;
    this.parameters = parameters;
    this.#tables = new Map(catalogue.tables.map((table) => [table.name, table]));
  }

  /** A table that is computed once for all its uses, where that pays. */
  share(table: Table): Table {
    if (!isWorthSharing(table.relation)) return table;
    const shared = new Shared(table.relation, () => this.newColumn());
    this.shared.push(shared);
    const renamed = new Map<ColumnId, ColumnId>();
    const renew = (id: ColumnId): ColumnId => {
      const known = renamed.get(id) ?? this.newColumn();
      renamed.set(id, known);
      return known;
    };
    const sort = (keys: readonly SortKey[]): readonly SortKey[] =>
      keys.map((key) => ({ ...key, value: mapColumns(key.value, (id) => column(renew(id))) }));
    const { serial, arrival } = table;
    const renewed: Table = {
      ...table,
      columns: table.columns.map((entry) => ({ ...entry, id: renew(entry.id) })),
      order: sort(table.order),
      ...(serial === undefined ? {} : { serial: { ...serial, keys: sort(serial.keys) } }),
      ...(arrival === undefined ? {} : { arrival: { ...arrival, id: renew(arrival.id) } }),
    };
    const columns = [...renamed].map(([from, id]) => ({ id, from }));
    return { ...renewed, relation: { kind: 'shared', shared, columns } };
  }

  newColumn(): ColumnId {
    this.#lastColumn += 1;
    return this.#lastColumn;
  }

  tableNamed(name: string): CatalogueTable | undefined {
    return this.#tables.get(name);
  }

  report(code: KqlErrorCode, message: string, node: SyntaxNode, suggestion?: string): void {
    this.faults.push({ code, message, span: this.placeOf(node), ...(suggestion === undefined ? {} : { suggestion }) });
  }

  /** Where a node stands in the query's own text: a called function's body is shown as its call. */
  placeOf(node: SyntaxNode): Span {
    return spanOf(this.#call ?? node);
  }

  /** What is wrong inside the first function that is called is shown in its body, not at the call. */
  showBody(): void {
    this.#showBody = true;
  }

  /** Runs a step inside a called function. */
  insideCall<T>(node: SyntaxNode, step: () => T): T {
    this.spend(node);
    const outer = this.#call;
    if (this.#showBody) this.#showBody = false;
    else this.#call ??= node;
    this.#calls.push(node);
    try {
      return step();
    } finally {
      this.#calls.pop();
      this.#call = outer;
    }
  }

  /** The calls that a step stands in, outermost first. */
  get calls(): readonly SyntaxNode[] {
    return this.#calls;
  }

  /** Reports and goes on with a null, so that the rest of the query is checked too. */
  refuse(code: KqlErrorCode, message: string, node: Expression, type: KqlType): Value {
    this.report(code, message, node);
    return nullOf(type);
  }

  /** Notes what is to be fetched; the same read twice is fetched once. */
  readExternal(read: Omit<ExternalRead, 'parameter'>): ExternalRead {
    const key = JSON.stringify(read);
    const known = this.#external.get(key) ?? { ...read, parameter: `${EXTERNAL_PARAMETER}${this.#external.size}` };
    this.#external.set(key, known);
    return known;
  }

  get external(): readonly ExternalRead[] {
    return [...this.#external.values()];
  }

  /** Counts what the query becomes; stops it where that is too much. */
  spend(node: SyntaxNode, relations = 1): void {
    this.#relations += relations;
    if (this.#relations > RELATION_LIMIT)
      throw new KqlRefusal('GHQ004', `The query expands to more than ${RELATION_LIMIT} steps.`, this.placeOf(node));
  }

  /** Runs a step one level deeper; stops where the text nests beyond the bound. */
  deeper<T>(node: SyntaxNode, step: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_LIMIT)
      throw new KqlRefusal('GHQ004', `The query nests deeper than ${DEPTH_LIMIT} levels.`, this.placeOf(node));
    try {
      return step();
    } finally {
      this.#depth -= 1;
    }
  }
}

function spanOf(node: SyntaxNode): Span {
  return { start: node.TextStart, end: node.End };
}
