import { AGGREGATES } from '../aggregates/index.ts';
import { FUNCTION_FAMILIES } from '../functions/index.ts';
import { OPERATORS, SOURCES } from '../operators/index.ts';
import { builtins, type Builtin } from '../parser/builtins.ts';
import { FORBIDDEN_PLUGINS, PLUGINS } from '../plugins/index.ts';
import { BINARY_OPERATORS } from '../scalar/binary.ts';
import { reasonFor, UNSUPPORTED_OPERATORS } from './unsupported.ts';

/** What the documentation says of one thing of the language. */
export interface Entry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** Ways to call it, from Microsoft's parser; none for operators. */
  readonly signatures: readonly string[];
  /** What a null does to it; empty where that is said elsewhere. */
  readonly nulls: string;
  /** How the answer can differ from Kusto's; empty where it cannot. */
  readonly differs: string;
  /** Kusto's own page. */
  readonly page: string;
  /** What was run as a test, and what it answered. */
  readonly examples: readonly (readonly [query: string, answer: unknown])[];
}

export interface Family {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** Something of Kusto that is refused, and why. */
export interface Unsupported {
  readonly kind: 'operator' | 'function' | 'aggregate' | 'plugin';
  readonly name: string;
  readonly reason: string;
}

export interface LanguageReference {
  readonly operators: readonly Entry[];
  /** Spellings of what stands between two values: `has`, `=~`, `+`. */
  readonly scalarOperators: readonly string[];
  readonly functions: readonly Family[];
  readonly aggregates: readonly Entry[];
  readonly plugins: readonly Entry[];
  readonly unsupported: readonly Unsupported[];
}

const PAGES = 'https://learn.microsoft.com/kusto/query/';

const NULLS = {
  propagate: 'null where an argument is null',
  may: 'can be null',
  never: 'never null',
} as const;

/** The language as the compiler's own tables have it: what it answers, and what of Kusto it refuses. Loads the parser. */
export function languageReference(): LanguageReference {
  const known = builtins();
  const functions = FUNCTION_FAMILIES.map(({ title, rows }): Family => ({
    title,
    entries: byName(
      rows.map((row) => ({
        ...described(row, known.functions, 'function'),
        nulls: NULLS[row.nulls],
        examples: row.examples,
      })),
    ),
  }));
  const aggregates = AGGREGATES.map((row) => ({
    ...described(row, known.aggregates, 'aggregation-function'),
    examples: row.examples,
  }));
  const plugins = PLUGINS.map((row) => ({ ...described(row, known.plugins, 'plugin'), examples: row.examples }));
  return {
    operators: operators(),
    scalarOperators: Object.keys(BINARY_OPERATORS),
    functions,
    aggregates: byName(aggregates),
    plugins: byName(plugins),
    unsupported: [
      ...Object.entries(UNSUPPORTED_OPERATORS).map(([name, reason]): Unsupported => ({
        kind: 'operator',
        name,
        reason,
      })),
      ...missing(
        'function',
        known.functions,
        functions.flatMap((family) => family.entries),
      ),
      ...missing('aggregate', known.aggregates, aggregates),
      ...missing('plugin', known.plugins, plugins),
    ],
  };
}

interface Row {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly differs?: string;
  readonly page?: string;
}

function described(row: Row, known: readonly Builtin[], suffix: string): Omit<Entry, 'examples'> {
  return {
    name: row.name,
    aliases: row.aliases ?? [],
    summary: row.summary,
    signatures: known.find((entry) => entry.name === row.name)?.signatures ?? [],
    nulls: '',
    differs: row.differs ?? '',
    page: PAGES + (row.page ?? `${row.name.replaceAll('_', '-')}-${suffix}`),
  };
}

/** An operator that both begins a pipe and stands in it is one entry. */
function operators(): readonly Entry[] {
  const rows = [...OPERATORS, ...SOURCES].map((row): Entry => {
    const [name = '', ...aliases] = row.names;
    const page = PAGES + row.page;
    return { name, aliases, summary: row.summary, signatures: [], nulls: '', differs: '', page, examples: [] };
  });
  return byName([...new Map(rows.map((row) => [row.name, row])).values()]);
}

function missing(kind: Unsupported['kind'], known: readonly Builtin[], supported: readonly Entry[]): Unsupported[] {
  const names = new Set(supported.flatMap((entry) => [entry.name, ...entry.aliases]));
  return known
    .filter((entry) => !names.has(entry.name) && !entry.hidden)
    .flatMap(({ name }): Unsupported[] => {
      const reason = kind === 'plugin' ? FORBIDDEN_PLUGINS[name] : undefined;
      return NOT_CALLED.has(name) ? [] : [{ kind, name, reason: reason ?? reasonFor(name) }];
    });
}

/** Words that the parser lists as functions and that the compiler knows elsewhere: in a pipe's source, or inside graph operators. */
const NOT_CALLED: ReadonlySet<string> = new Set([
  'table',
  'database',
  'column_ifexists',
  'columnifexists',
  'column_names_of',
  'graph',
  'all',
  'any',
  'map',
  'inner_nodes',
  'node_id',
  'node_degree_in',
  'node_degree_out',
]);

function byName<Item extends { readonly name: string }>(entries: readonly Item[]): readonly Item[] {
  return [...entries].sort((left, right) => (left.name < right.name ? -1 : 1));
}
