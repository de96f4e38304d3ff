import type { Catalogue } from '../catalogue.ts';
import type { Discovered } from '../discovery.ts';
import { KqlRefusal, nearest, type Fault, type Span } from '../errors.ts';
import { globalsOf } from './globals.ts';
import { checkNesting } from './nesting.ts';
import { kusto, type KustoCode } from './kusto.ts';
import { told, withPackAll } from './lenient.ts';
import { withAssumedColumns } from './watchlists.ts';

export interface Parsed {
  readonly code: KustoCode;
  /** What the parser and the binder say, errors and warnings, in the order of the text. */
  readonly diagnostics: readonly ParserDiagnostic[];
}

export interface ParserDiagnostic extends Fault {
  readonly severity: 'error' | 'warning' | 'suggestion';
}

const SEVERITIES: Readonly<Record<string, ParserDiagnostic['severity']>> = { Error: 'error', Warning: 'warning' };

/** Control commands begin with a dot; the parser's grammar for them costs a second and nothing here runs them. */
const CONTROL_COMMAND = /^(?:\s|\/\/[^\n]*(?:\n|$))*\./;

function all(text: string): Span {
  return { start: 0, end: Math.min(text.length, 80) };
}

export const DEFAULT_TEXT_LIMIT = 100_000;

/**
 * Parses and binds a text against a catalogue. The one way to the parser for the compiler and the editor.
 * Throws `KqlRefusal` for a text over `textLimit` characters (default 100,000), a control command, and where the parser
 * itself fails.
 */
export function parse(
  text: string,
  catalogue: Catalogue,
  textLimit: number = DEFAULT_TEXT_LIMIT,
  discovered?: Discovered,
): Parsed {
  if (discovered !== undefined && Object.keys(discovered).length > 0)
    return parseAnew(text, catalogue, textLimit, discovered);
  if (latest?.text === text && latest.version === catalogue.version && text.length <= textLimit) return latest.parsed;
  const parsed = parseAnew(text, catalogue, textLimit);
  latest = { text, version: catalogue.version, parsed };
  return parsed;
}

/** The last text and what came out: an editor asks for diagnostics and completions of the same one, each with its own need of the tree. */
let latest: { readonly text: string; readonly version: string; readonly parsed: Parsed } | undefined;

function parseAnew(text: string, catalogue: Catalogue, textLimit: number, discovered?: Discovered): Parsed {
  if (text.length > textLimit)
    throw new KqlRefusal('GHQ001', `The query has ${text.length} characters; the limit is ${textLimit}.`, all(text));
  if (CONTROL_COMMAND.test(text))
    throw new KqlRefusal(
      'GHQ002',
      'Control commands are not queries: a query begins with a table, let or a query operator.',
      all(text),
    );
  checkNesting(text);
  const code = withPackAll(text, (changed) => analyze(changed, catalogue, discovered));
  const diagnostics = told(code, text).map((diagnostic): ParserDiagnostic => {
    const span = { start: diagnostic.Start, end: diagnostic.Start + diagnostic.Length };
    const suggestion = suggest(diagnostic.Message, catalogue);
    return {
      code: diagnostic.Code,
      message: absence(diagnostic.Message, catalogue) ?? diagnostic.Message,
      severity: SEVERITIES[diagnostic.Severity] ?? 'suggestion',
      span,
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  });
  return { code, diagnostics };
}

function analyze(text: string, catalogue: Catalogue, discovered?: Discovered): KustoCode {
  const once = () => kusto.KustoCode.ParseAndAnalyze(text, globalsOf(catalogue, discovered));
  try {
    return catalogue.watchlists?.assumeOthers === true && /_GetWatchlist/i.test(text)
      ? withAssumedColumns(once)
      : once();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KqlRefusal('GHQ005', `The parser cannot read this query (${reason}).`, all(text));
  }
}

/** Why a name that is known elsewhere stands for nothing here. */
function absence(message: string, catalogue: Catalogue): string | undefined {
  const name = /^The name '([^']{1,200})' does not refer/.exec(message)?.[1];
  return catalogue.absent?.find((one) => one.name === name)?.reason;
}

/** "The name 'X' does not refer to…": the nearest name that the catalogue has. */
function suggest(message: string, catalogue: Catalogue): string | undefined {
  const name = /'([^']{1,200})'/.exec(message)?.[1];
  if (name === undefined || !/not refer|not defined|unknown|not exist/i.test(message)) return undefined;
  return nearest(name, namesOf(catalogue));
}

const names = new WeakMap<Catalogue, ReadonlySet<string>>();

function namesOf(catalogue: Catalogue): ReadonlySet<string> {
  const known = names.get(catalogue);
  if (known !== undefined) return known;
  const all = new Set<string>();
  for (const table of catalogue.tables) {
    all.add(table.name);
    for (const column of table.columns) all.add(column.name);
  }
  for (const list of catalogue.watchlists?.lists ?? []) for (const column of list.columns) all.add(column.name);
  for (const stored of catalogue.functions) all.add(stored.name);
  names.set(catalogue, all);
  return all;
}
