/**
 * Microsoft's KQL language service. It is C# compiled to JavaScript that lives in two globals; this module is the only one
 * that sees them. Loading takes about 0.5 s; the minified pair needs half the memory of the plain one.
 */
import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';
import type { CatalogueColumn } from '../catalogue.ts';
import { speedUp, type BridgeRuntime } from './runtime.ts';
import type { CsList, Expression, QueryBlock, SyntaxNode, TypeSymbol } from './syntax.ts';

export interface Diagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
  readonly Length: number;
}

export interface KustoCode {
  readonly Syntax: QueryBlock;
  readonly HasSemantics: boolean;
  readonly Globals: GlobalState;
  GetDiagnostics(): CsList<Diagnostic>;
}

export interface GlobalState {
  readonly PlugIns: CsList<unknown>;
  WithDatabase(database: unknown): GlobalState;
  WithPlugIns(plugins: readonly unknown[]): GlobalState;
  /** What the language itself has; null where it has nothing of this name. */
  GetFunction(name: string): unknown;
  GetAggregate(name: string): unknown;
  GetPlugIn(name: string): unknown;
}

export interface TableSymbol {
  /** An open table has whatever columns are asked of it. */
  WithIsOpen(isOpen: boolean): TableSymbol;
}

/** What a function's own rule for its result sees: the call's arguments, bound. */
export interface CallArguments {
  GetArgument$1(name: string): (Expression & { readonly ConstantValue: unknown }) | null;
}

type Constructor<Arguments extends readonly unknown[], Made = unknown> = new (...args: Arguments) => Made;

export interface KustoLanguage {
  readonly GlobalState: { readonly Default: GlobalState };
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: GlobalState): KustoCode };
  readonly Symbols: {
    readonly TableSymbol: {
      $ctor7: Constructor<[name: string, columns: string, description: string | null], TableSymbol>;
    };
    readonly FunctionSymbol: {
      $ctor16: Constructor<[name: string, parameters: string, body: string, description: string | null]>;
      $ctor10: Constructor<[name: string, signatures: readonly unknown[], description: string]>;
    };
    readonly ParameterTypeKind: unknown;
    readonly Signature: {
      $ctor1: Constructor<[result: (call: CallArguments) => TableSymbol, tabularity: unknown, parameters: unknown]>;
    };
    readonly Parameter: { ParseList(text: string): unknown };
    readonly Tabularity: { readonly Tabular: unknown };
    readonly DatabaseSymbol: { ctor: Constructor<[name: string, symbols: readonly unknown[]]> };
  };
  /** The editor's services; `editor` reads them through here. */
  readonly Editor: Readonly<Record<string, unknown>>;
  readonly Syntax: { readonly SyntaxKind: unknown };
}

interface Globals {
  readonly Bridge: { getTypeName(value: unknown): string };
  readonly Kusto: { readonly Language: KustoLanguage };
  readonly System: { readonly Enum: { getName(type: unknown, value: number): string } };
}

const globals = globalThis as unknown as Globals;

speedUp(globalThis as unknown as BridgeRuntime);

/** The library's own namespace, for modules that build on the parser (`globals.ts`, the editor). */
export const kusto: KustoLanguage = globals.Kusto.Language;

/** Kusto's own quoting of a name: `['it''s']` is written with a backslash. */
function quoteName(name: string): string {
  return `['${name.replace(/[\\']/g, (character) => `\\${character}`)}']`;
}

/** A table as the parser knows it. */
export function tableSymbol(name: string, columns: readonly CatalogueColumn[], description?: string): TableSymbol {
  const schema = columns.map((column) => `${quoteName(column.name)}:${column.type}`);
  return new kusto.Symbols.TableSymbol.$ctor7(name, `(${schema.join(', ')})`, description ?? null);
}

/** The class of a node: `BinaryExpression`, `FilterOperator`. */
export function classOf(node: SyntaxNode): string {
  const name = globals.Bridge.getTypeName(node);
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The class of the symbol that a name refers to: `ColumnSymbol`; empty where it refers to none. */
export function symbolClassOf(node: SyntaxNode): string {
  return node.ReferencedSymbol === null ? '' : classOf(node.ReferencedSymbol as unknown as SyntaxNode);
}

/** The kind of a node, finer than its class: `LongLiteralExpression`. */
export function kindOf(node: SyntaxNode): string {
  return globals.System.Enum.getName(kusto.Syntax.SyntaxKind, node.Kind);
}

/** The word of a parameter's kind: `Integer`, `StringOrDynamic`. */
export function parameterKind(value: number): string {
  return globals.System.Enum.getName(kusto.Symbols.ParameterTypeKind, value);
}

export function isTabular(type: TypeSymbol | null): boolean {
  return type?.Columns !== undefined;
}
