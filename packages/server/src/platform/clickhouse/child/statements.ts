/**
 * What the front lets through: one statement, of a kind that the server has a use for. The texts come from our own code and
 * from the KQL compiler; this is the second wall behind them, read with a lexer and not by patterns. A text that the lexer
 * does not understand is refused.
 * Source: ClickHouse, src/Parsers/Lexer.cpp.
 */
export type Statement =
  | {
      readonly kind: 'query';
      readonly sql: string;
      readonly format: string | undefined;
      readonly needsEngineCheck: boolean;
    }
  | { readonly kind: 'insertRows'; readonly into: string; readonly format: string };

export class RefusedStatement extends Error {
  override readonly name = 'RefusedStatement';
}

interface Token {
  readonly type: 'word' | 'quotedName' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly stop: number;
}

/** First words that are let through. Everything else (SET, USE, KILL, SYSTEM, ATTACH, GRANT, BACKUP …) is not. */
const ALLOWED_FIRST_WORDS: ReadonlySet<string> = new Set(
  'SELECT WITH INSERT CREATE ALTER DROP TRUNCATE OPTIMIZE RENAME EXPLAIN DESCRIBE DESC SHOW EXISTS'.split(' '),
);

/** Functions that read outside the database and that the engine's grants do not cover. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set([
  'FILE',
  'CATBOOSTEVALUATE',
  'EXECUTABLE',
  'S3',
  'LOOP',
  'MERGE',
]);

/** Words that move data past the front. */
const REFUSED_WORDS: ReadonlySet<string> = new Set(['INFILE', 'OUTFILE']);

/** Formats whose rows may be sent with an INSERT. */
export const INSERT_FORMATS: ReadonlySet<string> = new Set([
  'JSONEachRow',
  'JSONCompactEachRow',
  'TabSeparated',
  'CSV',
]);

const WORD = /[A-Za-z_][A-Za-z0-9_$]*/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;

/** Splits a text into tokens; comments and spaces are left out. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (type: Token['type'], stop: number, text = sql.slice(at, stop)) => {
    tokens.push({ type, text, start: at, stop });
    at = stop;
  };
  while (at < sql.length) {
    const character = sql.charAt(at);
    const pair = sql.slice(at, at + 2);
    if (/\s/.test(character)) at += 1;
    else if (pair === '--' || pair === '#!' || pair === '# ') at = endOf(sql, '\n', at, sql.length);
    else if (pair === '/*') at = endOf(sql, '*/', at + 2, -1) + 2;
    else if (character === "'") push('string', endOfQuoted(sql, at, "'"));
    else if (character === '"' || character === '`') {
      const stop = endOfQuoted(sql, at, character);
      push('quotedName', stop, sql.slice(at + 1, stop - 1));
    } else if (character === '$') {
      const tag = /\$[A-Za-z0-9_]*\$/y;
      tag.lastIndex = at;
      const open = tag.exec(sql)?.[0];
      if (open === undefined) throw new RefusedStatement(`stray $ at ${at}`);
      push('string', endOf(sql, open, at + open.length, -1) + open.length);
    } else if (matchAt(WORD, sql, at) !== undefined) push('word', at + (matchAt(WORD, sql, at)?.length ?? 0));
    else if (matchAt(NUMBER, sql, at) !== undefined) push('symbol', at + (matchAt(NUMBER, sql, at)?.length ?? 0));
    else if (character === '\0' || character > '\x7f') throw new RefusedStatement(`unexpected character at ${at}`);
    else push('symbol', at + 1);
  }
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Where `mark` is found from `from` on; `otherwise` where it is not, and -1 there means that the text is refused. */
function endOf(text: string, mark: string, from: number, otherwise: number): number {
  const found = text.indexOf(mark, from);
  if (found === -1 && otherwise === -1) throw new RefusedStatement(`no end of what begins before ${from}`);
  return found === -1 ? otherwise : found;
}

/** After the closing quote; a backslash takes the next character, a doubled quote is one quote. */
function endOfQuoted(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === quote) {
      if (text.charAt(at + 1) !== quote) return at + 1;
      at += 1;
    }
  }
  throw new RefusedStatement(`no end of the text quoted at ${start}`);
}

const END: Token = { type: 'end', text: '', start: -1, stop: -1 };

/** Decides about one text; throws `RefusedStatement` with the reason. */
export function readStatement(sql: string): Statement {
  const tokens = tokenize(sql);
  while (tokens.at(-1)?.text === ';') tokens.pop();
  const token = (index: number): Token => tokens.at(index) ?? END;
  const word = (index: number): string => (token(index).type === 'word' ? token(index).text.toUpperCase() : '');
  if (tokens.length === 0) throw new RefusedStatement('empty statement');
  const first = token(0).text === '(' ? 'SELECT' : word(0);
  if (!ALLOWED_FIRST_WORDS.has(first)) throw new RefusedStatement(`a statement does not begin with ${token(0).text}`);
  tokens.forEach((each, index) => {
    if (each.type === 'symbol' && each.text === ';') throw new RefusedStatement('Multi-statements are not allowed');
    if (each.type !== 'word' && each.type !== 'quotedName') return;
    const name = each.text.toUpperCase();
    if (each.type === 'word' && REFUSED_WORDS.has(name)) throw new RefusedStatement(`${each.text} is not allowed`);
    if (REFUSED_FUNCTIONS.has(name) && token(index + 1).text === '(')
      throw new RefusedStatement(`${each.text}() is not allowed`);
  });
  const stop = token(tokens.length - 1).stop;
  const format = word(tokens.length - 2) === 'FORMAT' ? token(tokens.length - 1).text : undefined;
  if (first === 'INSERT') {
    const hasSelect = tokens.some((each) => each.type === 'word' && /^select$/i.test(each.text));
    if (!hasSelect) return readInsertRows(sql, tokens, format);
    const carriesData = tokens.some(
      (each, index) =>
        each.type === 'word' && /^(format|values)$/i.test(each.text) && !['(', ':'].includes(token(index + 1).text),
    );
    if (carriesData || word(1) !== 'INTO')
      throw new RefusedStatement('an INSERT … SELECT carries no data and no format');
  }
  if (first === 'SHOW' && word(1) === 'GRANTS') throw new RefusedStatement('SHOW GRANTS is not allowed');
  const body = format === undefined ? stop : token(tokens.length - 3).stop;
  return { kind: 'query', sql: sql.slice(0, body), format, needsEngineCheck: sql.slice(0, stop).includes(';') };
}

/** `INSERT INTO [database.]table [(columns)] FORMAT name`, nothing else: the rows are in the body of the request. */
function readInsertRows(sql: string, tokens: readonly Token[], format: string | undefined): Statement {
  const refused = new RefusedStatement('an INSERT is INSERT INTO table (columns) FORMAT name, its rows in the body');
  if (format === undefined || !INSERT_FORMATS.has(format)) throw refused;
  let at = 0;
  const next = (): Token => tokens[at++] ?? END;
  const isName = (token: Token) => token.type === 'quotedName' || token.type === 'word';
  if (next().text.toUpperCase() !== 'INSERT' || next().text.toUpperCase() !== 'INTO') throw refused;
  const target = next();
  if (!isName(target)) throw refused;
  if (tokens[at]?.text === '.') {
    next();
    if (!isName(next())) throw refused;
  }
  if (tokens[at]?.text === '(') {
    do {
      next();
      if (!isName(next())) throw refused;
    } while (tokens[at]?.text === ',');
    if (next().text !== ')') throw refused;
  }
  const last = tokens[at - 1];
  if (at !== tokens.length - 2 || last === undefined) throw refused;
  return { kind: 'insertRows', into: sql.slice(target.start, last.stop), format };
}
