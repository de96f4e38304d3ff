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
  GetFormattedText(options: unknown): { readonly Text: string };
  /** The places of the text where the same thing is named; one of them may declare it. */
  GetRelatedElements(position: number): {
    readonly Elements: CsList<{ readonly Start: number; readonly Length: number; readonly Kind: number }>;
  };
}

interface EditorNamespace {
  readonly KustoCodeService: { readonly ctor: new (code: KustoCode) => CodeService };
  readonly CompletionKind: Readonly<Record<string, unknown>>;
  readonly FormattingOptions: { readonly Default: { WithPipeOperatorStyle(style: number): unknown } };
  readonly PlacementStyle: { readonly NewLine: number };
  readonly RelatedElementKind: { readonly Declaration: number };
}

const editor = kusto.Editor as unknown as EditorNamespace;

/** Microsoft's own style, but every operator on a line of its own, also in a short query: rules are compared line by line. */
export const formatting = editor.FormattingOptions.Default.WithPipeOperatorStyle(editor.PlacementStyle.NewLine);
export const DECLARATION = editor.RelatedElementKind.Declaration;

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
