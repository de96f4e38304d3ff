import type { Catalogue } from '../catalogue.ts';
import type { Span } from '../errors.ts';
import { parse } from '../parser/parse.ts';
import { items } from '../parser/syntax.ts';
import { languageReference } from '../reference/index.ts';
import { kindName, serviceOf } from './language-service.ts';

/** What a completion stands for; an editor picks its sign by it. */
export type CompletionKind =
  'column' | 'table' | 'function' | 'aggregate' | 'operator' | 'keyword' | 'variable' | 'type' | 'other';

export interface Completion {
  /** What the list shows, e.g. `ago(timespan)`. */
  readonly label: string;
  /** What typing is matched with, e.g. `ago`. */
  readonly match: string;
  readonly kind: CompletionKind;
  /** Replaces the answer's span; the caret goes after it … */
  readonly before: string;
  /** … and before this, e.g. `)`. */
  readonly after: string;
  readonly description?: string;
}

export interface CompletionAnswer {
  /** The part of the text that a completion replaces. */
  readonly span: Span;
  /** The best first. */
  readonly items: readonly Completion[];
}

/** Microsoft's kinds in ours; what is not here is `other`. Source: Kusto.Language.Editor.CompletionKind. */
const KINDS: Readonly<Record<string, CompletionKind>> = {
  Column: 'column',
  Table: 'table',
  MaterialiedView: 'table',
  BuiltInFunction: 'function',
  LocalFunction: 'function',
  DatabaseFunction: 'function',
  AggregateFunction: 'aggregate',
  QueryPrefix: 'operator',
  TabularPrefix: 'operator',
  TabularSuffix: 'operator',
  ScalarInfix: 'operator',
  Keyword: 'keyword',
  Syntax: 'keyword',
  Parameter: 'variable',
  Variable: 'variable',
  ScalarType: 'type',
};

/** Things of Azure that no store here has; a completion for them would lead to a refusal. */
const ABSENT: ReadonlySet<string> = new Set([
  'CommandPrefix',
  'Database',
  'Cluster',
  'EntityGroup',
  'Graph',
  'StoredQueryResult',
]);

const NOTHING: CompletionAnswer = { span: { start: 0, end: 0 }, items: [] };

/**
 * What may stand at `position` (a UTF-16 offset, clamped to the text), as Microsoft's language service says, with the
 * catalogue's own descriptions of tables and columns. A text that cannot be parsed at all has no completions.
 */
export function completions(text: string, position: number, catalogue: Catalogue): CompletionAnswer {
  const at = Math.max(0, Math.min(Math.trunc(position), text.length));
  const info = completionsAt(text, at, catalogue);
  if (info === undefined) return NOTHING;
  const descriptions = describe(catalogue);
  const found = items(info.Items)
    .filter((item) => !ABSENT.has(kindName(item.Kind)) && !isRefused(item.MatchText, kindName(item.Kind)))
    .sort((a, b) => (a.OrderText < b.OrderText ? -1 : Number(a.OrderText > b.OrderText)))
    .map((item): Completion => {
      const kind = KINDS[kindName(item.Kind)] ?? 'other';
      const description = descriptions[kind]?.get(item.DisplayText);
      return {
        label: item.DisplayText,
        match: item.MatchText,
        kind,
        before: (item.BeforeText ?? item.DisplayText).trimEnd(),
        after: (item.AfterText ?? '').trimStart(),
        ...(description === undefined ? {} : { description }),
      };
    });
  return { span: { start: info.EditStart, end: info.EditStart + info.EditLength }, items: found };
}

let refused: ReadonlySet<string> | undefined;

/** A function of Kusto that the compiler would refuse is not proposed. */
function isRefused(name: string, kind: string): boolean {
  if (!/^(?:BuiltIn|Aggregate)Function$/.test(kind)) return false;
  refused ??= new Set(languageReference().unsupported.map((row) => row.name));
  return refused.has(name);
}

function completionsAt(text: string, at: number, catalogue: Catalogue) {
  try {
    return serviceOf(parse(text, catalogue).code).GetCompletionItems(at);
  } catch {
    // A control command, a text past the limit: nothing can be completed, and diagnostics say why.
    return undefined;
  }
}

type Descriptions = Partial<Record<CompletionKind, ReadonlyMap<string, string>>>;

const described = new WeakMap<Catalogue, Descriptions>();

function describe(catalogue: Catalogue): Descriptions {
  const known = described.get(catalogue);
  if (known !== undefined) return known;
  const tables = new Map<string, string>();
  const columns = new Map<string, string>();
  for (const table of catalogue.tables) {
    if (table.description !== undefined) tables.set(table.name, table.description);
    for (const { name, description } of table.columns) if (description !== undefined) columns.set(name, description);
  }
  const built: Descriptions = { table: tables, column: columns };
  described.set(catalogue, built);
  return built;
}
