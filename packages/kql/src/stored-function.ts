import {
  BODY_OPENING,
  storedFunction,
  type Catalogue,
  type CatalogueFunction,
  type FunctionText,
  type KqlType,
} from './catalogue.ts';
import type { ResultColumn } from './api.ts';
import { KqlRefusal, locate, type Fault, type KqlError } from './errors.ts';
import { typeNamed } from './lower/context.ts';
import { lowerQuery } from './lower/query.ts';
import { Session } from './lower/scope.ts';
import { classOf, isTabular, kusto } from './parser/kusto.ts';
import { parse } from './parser/parse.ts';
import { WATCHLIST_ALIAS_FUNCTION, WATCHLIST_FUNCTION } from './parser/watchlists.ts';
import {
  elements,
  items,
  textOf,
  type ExpressionStatement,
  type FunctionDeclaration,
  type LetStatement,
  type NameNode,
  type QueryBlock,
  type SyntaxNode,
} from './parser/syntax.ts';

export interface FunctionFault extends KqlError {
  /** Where it stands; span, line and column are counted in this part. */
  readonly field: 'name' | 'parameters' | 'body';
}

export type FunctionCheck =
  | {
      readonly ok: true;
      /** The table's columns, or one value's type. An open table's columns are known at the call only. */
      readonly result: { readonly columns: readonly ResultColumn[] } | { readonly type: KqlType };
      /** Stored functions that it calls, by name. */
      readonly calls: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly FunctionFault[] };

const WATCHLIST_NAMES = new Set([WATCHLIST_FUNCTION, WATCHLIST_ALIAS_FUNCTION].map((name) => name.toLowerCase()));
const NAME = /^[A-Za-z_]\w{0,127}$/;

/**
 * Checks a function before it is kept: its name is free, its text is one declaration, it compiles against the catalogue, and it
 * does not call itself. A former version in the catalogue is left out of account. What depends on an argument without a default
 * (a constant, a table with any columns) is checked at the call.
 */
export function checkFunction(text: FunctionText, catalogue: Catalogue): FunctionCheck {
  const inName = nameFault(text.name, catalogue);
  if (inName !== undefined) return { ok: false, faults: [placed('name', text.name, inName)] };
  const candidate = storedFunction(text);
  const others = catalogue.functions.filter(({ name }) => name !== text.name);
  const full: Catalogue = {
    ...catalogue,
    version: `${catalogue.version} ${JSON.stringify(text)}`,
    functions: [...others, candidate],
  };
  try {
    const declared = declaration(candidate, full);
    if ('faults' in declared) return { ok: false, faults: shifted(declared.faults, candidate, text) };
    const cycle = cycleFrom(text.name, declared.references, full);
    if (cycle !== undefined) return { ok: false, faults: shifted([cycle], candidate, text) };
    return lowered(text, candidate, declared.node, full, [...new Set(declared.references.map(({ name }) => name))]);
  } catch (error) {
    if (!(error instanceof KqlRefusal)) throw error;
    return { ok: false, faults: [placed('body', text.body, error.fault)] };
  }
}

function nameFault(name: string, catalogue: Catalogue): Fault | undefined {
  const fault = (message: string): Fault => ({ code: 'GHQ041', message, span: { start: 0, end: name.length } });
  if (!NAME.test(name)) return fault('A name has 1 to 128 letters, digits and _, and begins with none of the digits.');
  const language = kusto.GlobalState.Default;
  if (language.GetFunction(name) !== null || language.GetAggregate(name) !== null || language.GetPlugIn(name) !== null)
    return fault(`'${name}' is a function of the language: take another name.`);
  const key = name.toLowerCase();
  if (WATCHLIST_NAMES.has(key)) return fault(`'${name}' is a function that reads watchlists: take another name.`);
  if (catalogue.tables.some((table) => table.name.toLowerCase() === key))
    return fault(`'${name}' is a table: take another name.`);
  return undefined;
}

interface Reference {
  readonly name: string;
  readonly node: SyntaxNode;
}

function prefixOf(stored: CatalogueFunction): string {
  return `let ${stored.name} = ${stored.parameters} `;
}

/** Parses the declaration as a query's own; the positions are those of `prefixOf(stored) + stored.body`. */
function declaration(stored: CatalogueFunction, catalogue: Catalogue) {
  const text = `${prefixOf(stored)}${stored.body};\nprint 1`;
  const { code, diagnostics } = parse(text, catalogue);
  const faults: Fault[] = diagnostics.filter(({ severity }) => severity === 'error');
  if (faults.length > 0) return { faults };
  const statements = elements<SyntaxNode>(code.Syntax.Statements);
  const [first] = statements;
  const node = first && classOf(first) === 'LetStatement' ? (first as LetStatement).Expression : undefined;
  if (statements.length !== 2 || node === undefined || classOf(node) !== 'FunctionDeclaration')
    return { faults: [wrongShape(text)] };
  const end = node.End;
  // Text that ends the declaration early would mean one thing here and another where it is called.
  if (end !== prefixOf(stored).length + stored.body.length) return { faults: [wrongShape(text)] };
  if ((node as FunctionDeclaration).Body.Expression === null)
    return {
      faults: [{ code: 'GHQ003', message: 'The body must end with an expression.', span: { start: end - 2, end } }],
    };
  return { node: node as FunctionDeclaration, references: referencesIn(node, catalogue) };
}

function wrongShape(text: string): Fault {
  return {
    code: 'GHQ041',
    message: 'The parameters and the body do not make one function.',
    span: { start: text.length, end: text.length },
  };
}

function referencesIn(root: SyntaxNode, catalogue: Catalogue): readonly Reference[] {
  const names = new Set(catalogue.functions.map(({ name }) => name));
  const found: Reference[] = [];
  const walk = (node: SyntaxNode): void => {
    if (classOf(node) === 'NameReference') {
      const { SimpleName: name, ReferencedSymbol: symbol } = node as NameNode;
      if (names.has(name) && symbol !== null && classOf(symbol as unknown as SyntaxNode) === 'FunctionSymbol')
        found.push({ name, node });
    }
    for (let index = 0; index < node.ChildCount; index += 1) {
      const child = node.GetChild(index);
      if (child !== null) walk(child);
    }
  };
  walk(root);
  return found;
}

/** Walks the calls; the fault stands at the call in the candidate's body that leads back to it. */
function cycleFrom(name: string, references: readonly Reference[], catalogue: Catalogue): Fault | undefined {
  const seen = new Set<string>();
  const wayBack = (current: string): readonly string[] | undefined => {
    if (current === name) return [current];
    if (seen.has(current)) return undefined;
    seen.add(current);
    const stored = catalogue.functions.find((one) => one.name === current);
    const declared = stored && declaration(stored, catalogue);
    if (declared === undefined || 'faults' in declared) return undefined;
    for (const next of new Set(declared.references.map((reference) => reference.name))) {
      const way = wayBack(next);
      if (way !== undefined) return [current, ...way];
    }
    return undefined;
  };
  for (const reference of references) {
    const way = wayBack(reference.name);
    if (way !== undefined)
      return {
        code: 'GHQ042',
        message: `The function calls itself: ${[name, ...way].join(' → ')}.`,
        span: { start: reference.node.TextStart, end: reference.node.End },
      };
  }
  return undefined;
}

/** What a parameter without a default is called with. */
const SAMPLES: Readonly<Record<KqlType, string>> = {
  bool: 'true',
  int: 'int(1)',
  long: '1',
  real: '1.0',
  decimal: 'decimal(1)',
  string: '"x"',
  datetime: 'datetime(2026-01-01)',
  timespan: '1h',
  guid: 'guid(00000000-0000-0000-0000-000000000001)',
  dynamic: 'dynamic([])',
};

/** Codes that go by an argument's value: not to be said of a sample. */
const BY_VALUE: ReadonlySet<string> = new Set(['GHQ020', 'GHQ021', 'GHQ023', 'GHQ040']);

/** Calls the function with samples and compiles the call, as a query would. */
function lowered(
  text: FunctionText,
  stored: CatalogueFunction,
  node: FunctionDeclaration,
  catalogue: Catalogue,
  calls: readonly string[],
): FunctionCheck {
  const required = elements(node.Parameters.Parameters).filter(({ DefaultValue: otherwise }) => otherwise === null);
  const types = required.map(({ NameAndType: { Type: type } }) => textOf(type));
  const isOpen = types.some((type) => type.includes('*'));
  const samples = types.map((type) =>
    type.startsWith('(') ? `(datatable${type}[])` : SAMPLES[typeNamed(type, 'dynamic')],
  );
  const call = `${text.name}(${samples.join(', ')})`;
  // With a table of any columns the result is known at the call only.
  if (isOpen) return { ok: true, result: { columns: [] }, calls };
  const bare = parse(call, catalogue);
  const type = answerType(bare.code.Syntax);
  const session = new Session(catalogue);
  session.showBody();
  try {
    const tabular = isTabular(type);
    const block = tabular ? bare.code.Syntax : parse(`print ${call}`, catalogue).code.Syntax;
    lowerQuery(block, session);
  } catch (error) {
    if (!(error instanceof KqlRefusal)) {
      if (session.faults.length === 0 && session.probes.length === 0) throw error;
    } else session.faults.push(error.fault);
  }
  // Behind a place where the data decides on the columns, nothing can be said before the call.
  const faults = session.probes.length > 0 ? session.faults.slice(0, session.unsettledSince ?? 0) : session.faults;
  const told = required.length > 0 ? faults.filter(({ code }) => !BY_VALUE.has(code)) : faults;
  if (told.length > 0) {
    const start = prefixOf(stored).length;
    const inDeclaration = told.map((fault) => ({
      ...fault,
      span: { start: fault.span.start + start, end: fault.span.end + start },
    }));
    return { ok: false, faults: shifted(inDeclaration, stored, text) };
  }
  const columns = items(type?.Columns).map((column) => ({
    name: column.Name,
    type: typeNamed(column.Type.Name, 'dynamic'),
  }));
  return { ok: true, result: isTabular(type) ? { columns } : { type: typeNamed(type?.Name, 'dynamic') }, calls };
}

function answerType(block: QueryBlock) {
  const last = elements<SyntaxNode>(block.Statements).at(-1);
  return last !== undefined && classOf(last) === 'ExpressionStatement'
    ? (last as ExpressionStatement).Expression.ResultType
    : null;
}

/** From the declaration's text to the part that the person wrote. */
function shifted(faults: readonly Fault[], stored: CatalogueFunction, text: FunctionText): readonly FunctionFault[] {
  const start = prefixOf(stored).length;
  const parametersStart = `let ${stored.name} = `.length;
  const by = (fault: Fault, offset: number): Fault => ({
    ...fault,
    span: { start: Math.max(0, fault.span.start - offset), end: Math.max(0, fault.span.end - offset) },
  });
  return faults.map((fault) => {
    if (fault.span.start >= start) return placed('body', text.body, by(fault, start + BODY_OPENING.length));
    if (fault.span.start >= parametersStart)
      return placed('parameters', text.parameters.trim(), by(fault, parametersStart));
    return placed('name', text.name, { ...fault, span: { start: 0, end: text.name.length } });
  });
}

function placed(field: FunctionFault['field'], text: string, fault: Fault): FunctionFault {
  return { ...locate(text, fault), field };
}
