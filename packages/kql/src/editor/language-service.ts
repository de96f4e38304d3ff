/** The shapes of Microsoft's editor services that are used here, as they are at run time. */
import { kusto, type KustoCode } from '../parser/kusto.ts';
import type { CsList } from '../parser/syntax.ts';

interface LanguageCompletion {
  readonly Kind: number;
  readonly DisplayText: string;
  readonly MatchText: string;
  readonly OrderText: string;
  /** What is put before and after the caret: `count(` and `)`. */
  readonly BeforeText: string | null;
  readonly AfterText: string | null;
}

interface CodeService {
  GetCompletionItems(position: number): {
    readonly Items: CsList<LanguageCompletion>;
    readonly EditStart: number;
    readonly EditLength: number;
  };
  GetQuickInfo(position: number): { readonly Items: CsList<{ readonly Text: string }> };
}

interface EditorNamespace {
  readonly KustoCodeService: { readonly ctor: new (code: KustoCode) => CodeService };
  readonly CompletionKind: Readonly<Record<string, unknown>>;
}

const editor = kusto.Editor as unknown as EditorNamespace;

const KIND_NAMES = new Map(
  Object.entries(editor.CompletionKind).flatMap(([name, value]) =>
    typeof value === 'number' ? [[value, name] as const] : [],
  ),
);

export function kindName(kind: number): string {
  return KIND_NAMES.get(kind) ?? 'Unknown';
}

export function serviceOf(code: KustoCode): CodeService {
  return new editor.KustoCodeService.ctor(code);
}
