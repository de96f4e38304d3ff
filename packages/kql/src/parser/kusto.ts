/**
 * Microsoft's KQL language service. It is C# compiled to JavaScript that lives in two globals; this module is the only one
 * that sees them. Loading takes about 0.5 s; the minified pair needs half the memory of the plain one.
 */
import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';
import { speedUp, type BridgeRuntime } from './runtime.ts';
import type { CsList, QueryBlock, SyntaxNode, TypeSymbol } from './syntax.ts';

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
}

type Constructor<Arguments extends readonly unknown[]> = new (...args: Arguments) => unknown;

export interface KustoLanguage {
  readonly GlobalState: { readonly Default: GlobalState };
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: GlobalState): KustoCode };
  readonly Symbols: {
    readonly TableSymbol: { $ctor7: Constructor<[name: string, columns: string, description: string | null]> };
    readonly FunctionSymbol: {
      $ctor16: Constructor<[name: string, parameters: string, body: string, description: string | null]>;
    };
    readonly ParameterTypeKind: unknown;
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
