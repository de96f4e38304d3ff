import type { Span } from '../errors.ts';
import { classOf, type Diagnostic, type KustoCode } from './kusto.ts';
import { items, textOf, type CsList, type NamedParameter, type SyntaxNode } from './syntax.ts';

/**
 * `find … project a, pack_all()`: the documentation's word for what the parser knows as `pack(*)` only. It is put in its place,
 * where the parser stumbles over it, with blanks so that every other place stays.
 */
export function withPackAll(text: string, analyze: (text: string) => KustoCode): KustoCode {
  const code = analyze(text);
  if (!PACK_ALL.test(text) || !/\bfind\b/i.test(text)) return code;
  let changed = text;
  for (const diagnostic of items(code.GetDiagnostics())) {
    const word = PACK_ALL.exec(text.slice(diagnostic.Start));
    if (diagnostic.Code !== 'KS117' || word?.index !== 0) continue;
    const [found] = word;
    changed =
      changed.slice(0, diagnostic.Start) +
      'pack(*)'.padEnd(found.length) +
      changed.slice(diagnostic.Start + found.length);
  }
  return changed === text ? code : analyze(changed);
}

const PACK_ALL = /\bpack_all\s*\(\s*\)/;

/**
 * What the parser says, without what it says wrongly: in a fuzzy union a pattern may match nothing, `not("term")` is a
 * condition of `search` and `find`, and the properties of a graph are known here.
 */
export function told(code: KustoCode, text: string): readonly Diagnostic[] {
  const diagnostics = items(code.GetDiagnostics());
  // Going through the tree costs as much as parsing: only where the text has what could excuse an error.
  const hasGraphs = /\bgraph/i.test(text);
  const hasTerms = /\b(?:search|find)\b/i.test(text);
  const isInDoubt = (diagnostic: Diagnostic): boolean =>
    isUnmatched(diagnostic) ||
    LOOKED_AT.has(diagnostic.Code) ||
    (hasTerms && diagnostic.Code === 'KS107') ||
    (hasGraphs && OF_GRAPHS.has(diagnostic.Code));
  if (!diagnostics.some(isInDoubt)) return diagnostics;
  const fuzzy: Span[] = [];
  const terms: Span[] = [];
  const constants = new Set<number>();
  const periods = new Set<number>();
  const graphs: Span[] = [];
  const visit = (node: SyntaxNode, inSearch: boolean): void => {
    const name = classOf(node);
    if (name === 'UnionOperator' && isFuzzy(node as HasParameters)) fuzzy.push(spanOf(node));
    if (inSearch && name === 'FunctionCallExpression' && /^not\s*\(\s*["'@]/.test(textOf(node)))
      terms.push(spanOf(node));
    if (name === 'NameReference' && isVariable(node)) constants.add(node.TextStart);
    if (name === 'LiteralExpression' && /^["'](?:week|month|year)["']$/.test(textOf(node))) periods.add(node.TextStart);
    if (name.startsWith('Graph')) graphs.push(spanOf(node));
    for (let index = 0; index < node.ChildCount; index += 1) {
      const child = node.GetChild(index);
      if (child !== null) visit(child, inSearch || name === 'SearchOperator' || name === 'FindOperator');
    }
  };
  visit(code.Syntax, false);
  const isIn = (spans: readonly Span[], { Start: at }: Diagnostic): boolean =>
    spans.some(({ start, end }) => at >= start && at < end);
  return diagnostics.filter(
    (diagnostic) =>
      !(isUnmatched(diagnostic) && isIn(fuzzy, diagnostic)) &&
      !(diagnostic.Code === 'KS107' && isIn(terms, diagnostic)) &&
      !(diagnostic.Code === 'KS131' && constants.has(diagnostic.Start)) &&
      !(diagnostic.Code === 'KS138' && periods.has(diagnostic.Start)) &&
      !(OF_GRAPHS.has(diagnostic.Code) && isIn(graphs, diagnostic)),
  );
}

function spanOf(node: SyntaxNode): Span {
  return { start: node.TextStart, end: node.End };
}

/** What the parser says of names and types in a graph's pattern, whose columns it does not know: the compiler says what is wrong there. */
const OF_GRAPHS: ReadonlySet<string> = new Set(['KS106', 'KS107', 'KS142', 'KS234']);

const isUnmatched = (diagnostic: Diagnostic): boolean =>
  diagnostic.Code === 'KS142' && /^[^']*'[^']*\*[^']*' does not refer to any known table/.test(diagnostic.Message);

/** Errors that can be ours to judge. */
const LOOKED_AT: ReadonlySet<string> = new Set(['KS131', 'KS138']);

/** A name that `let` or a parameter gives a value: the compiler knows whether it is a constant, and refuses it where it is none. */
function isVariable(node: SyntaxNode): boolean {
  return (
    node.ReferencedSymbol !== null && /Variable|Parameter/.test(classOf(node.ReferencedSymbol as unknown as SyntaxNode))
  );
}

type HasParameters = SyntaxNode & { readonly Parameters: CsList<NamedParameter> };

function isFuzzy(node: HasParameters): boolean {
  return items(node.Parameters).some(
    (parameter) =>
      parameter.Name.SimpleName.toLowerCase() === 'isfuzzy' && /^(?:true|1)$/i.test(textOf(parameter.Expression)),
  );
}
