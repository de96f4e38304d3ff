import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from '@codemirror/language';
import { tags } from '@lezer/highlight';

/**
 * Colours only: what a query means, whether it is right and what may come next is the server's to say (Microsoft's own parser).
 * Words from the KQL reference: tabular operators and statements, string operators, types.
 */
const KEYWORDS = new Set(
  `let where filter extend project project-away project-keep project-rename project-reorder project-smart summarize count sort order top
  top-nested take limit distinct union join kind on by asc desc nulls first last mv-expand mv-apply mvexpand make-series parse parse-where
  parse-kv evaluate invoke lookup range print datatable externaldata render sample sample-distinct search find as serialize scan partition
  materialize reduce fork facet getschema consume declare query_parameters alias restrict access set with of step from to default in and or
  not between has has_cs hasprefix hassuffix has_any has_all contains contains_cs startswith startswith_cs endswith endswith_cs matches
  regex like isfuzzy withsource hint`.split(/\s+/),
);
const TYPES = new Set(
  'bool boolean int long real double decimal string datetime date timespan time guid dynamic'.split(' '),
);
const VALUES = new Set(['true', 'false', 'null']);

interface State {
  /** Inside a ``` literal that runs over lines. */
  block: boolean;
}

function readString(stream: StringStream): void {
  const verbatim = stream.eat('@') !== undefined;
  const quote = stream.next();
  let escaped = false;
  while (!stream.eol()) {
    const character = stream.next();
    if (escaped) escaped = false;
    else if (character === '\\' && !verbatim) escaped = true;
    else if (character === quote) return;
  }
}

function readWord(stream: StringStream): string {
  const start = stream.pos;
  stream.match(/^[A-Za-z_][\w]*(?:-[a-z]+)*/);
  let word = stream.string.slice(start, stream.pos);
  if (word.includes('-') && !KEYWORDS.has(word)) {
    // `a-b` is a subtraction unless it is one of the hyphenated operators.
    word = word.slice(0, word.indexOf('-'));
    stream.pos = start + word.length;
  }
  if (KEYWORDS.has(word)) return 'keyword';
  if (TYPES.has(word)) return 'typeName';
  if (VALUES.has(word)) return 'atom';
  return /^\s*\(/.test(stream.string.slice(stream.pos)) ? 'functionName' : 'variableName';
}

const kql = StreamLanguage.define<State>({
  name: 'kql',
  startState: () => ({ block: false }),
  tokenTable: { functionName: tags.function(tags.variableName) },
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"', "'"] } },
  token(stream, state) {
    if (state.block) {
      if (stream.match(/^.*?```/)) state.block = false;
      else stream.skipToEnd();
      return 'string';
    }
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match('```')) {
      state.block = true;
      return 'string';
    }
    if (stream.match(/^@?["']/, false)) {
      readString(stream);
      return 'string';
    }
    if (
      stream.match(
        /^\d[\d.]*(?:e[+-]?\d+)?(?:d|h|m|s|ms|us|microseconds?|milliseconds?|ticks?|days?|hours?|minutes?|seconds?)?\b/i,
      )
    )
      return 'number';
    if (stream.match(/^[A-Za-z_]/, false)) return readWord(stream);
    stream.next();
    return 'operator';
  },
});

/** Colours come from the style sheet's variables, so both themes are one style. */
const style = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--kql-keyword)', fontWeight: '600' },
  { tag: tags.typeName, color: 'var(--kql-type)' },
  { tag: tags.atom, color: 'var(--kql-number)' },
  { tag: tags.number, color: 'var(--kql-number)' },
  { tag: tags.string, color: 'var(--kql-string)' },
  { tag: tags.comment, color: 'var(--kql-comment)', fontStyle: 'italic' },
  { tag: tags.function(tags.variableName), color: 'var(--kql-function)' },
]);

export const kqlHighlight = [kql, syntaxHighlighting(style)];
export { kql as kqlLanguage };
