import { elements, textOf, type NamedParameter, type OperatorNodes } from '../parser/syntax.ts';
import { computed, typeNamed, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { constantValue, nullOf, value, type Value } from '../lower/value.ts';
import { engineRegex, groupsOf, quoteRegex } from '../scalar/regex.ts';
import type { Column, Table } from '../relation/tree.ts';
import { call, column, constant, lambda, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import type { Operator } from './types.ts';

/** What `with (…)` says. */
interface Options {
  readonly pair: string | undefined;
  readonly between: string | undefined;
  /** Opening and closing quotes. */
  readonly quotes: readonly (readonly [string, string])[];
  readonly escapes: readonly string[];
  readonly greedy: boolean;
  readonly regex: string | undefined;
}

const text = (word: string): Sql => literal('String', word);
/** Stands for a quoted text while the rest is split; a text of the table never has it, as it is taken out first. */
const MARK = '\u0001';

function optionsOf(parameters: readonly NamedParameter[], context: Context): Options {
  const given = new Map<string, string[]>();
  let greedy = false;
  for (const parameter of parameters) {
    const name = parameter.Name.SimpleName.toLowerCase();
    const { constant: known } = context.with({ row: undefined }).scalar(parameter.Expression);
    if (name === 'greedy') greedy = known === true;
    else if (!['pair_delimiter', 'kv_delimiter', 'quote', 'escape', 'regex'].includes(name))
      context.session.report('GHQ013', `parse-kv's option '${name}' is not supported.`, parameter);
    else if (typeof known !== 'string' || known === '')
      context.session.report('GHQ020', `parse-kv's '${name}' is a constant text.`, parameter);
    else if (name === 'quote' && Array.from(known).length > 2)
      context.session.report(
        'GHQ021',
        'A quote of parse-kv is one character, or the opening and the closing one.',
        parameter,
      );
    else if (name === 'escape' && Array.from(known).length > 1)
      context.session.report('GHQ021', 'An escape of parse-kv is one character.', parameter);
    else given.set(name, [...(given.get(name) ?? []), known]);
  }
  const one = (name: string): string | undefined => given.get(name)?.[0];
  return {
    pair: one('pair_delimiter'),
    between: one('kv_delimiter'),
    quotes: (given.get('quote') ?? []).map((quote) => {
      const [open = '', close = open] = Array.from(quote);
      return [open, close] as const;
    }),
    escapes: given.get('escape') ?? [],
    greedy,
    regex: one('regex'),
  };
}

/** A quoted text, the quotes too; no group of it counts. */
function quoted({ quotes, escapes }: Options): string {
  const classOf = (characters: readonly string[]): string =>
    characters.map((character) => `\\x{${character.codePointAt(0)?.toString(16) ?? ''}}`).join('');
  const escaped = escapes.map((escape) => `${quoteRegex(escape)}.|`).join('');
  return quotes
    .map(([open, close]) => `${quoteRegex(open)}(?:${escaped}[^${classOf([close, ...escapes])}])*${quoteRegex(close)}`)
    .join('|');
}

/** What stands in the quotes, without the escapes. */
function unquoted(sql: Sql, { escapes }: Options): Sql {
  const inner = call('substringUTF8', sql, constant(2), call('minus', call('lengthUTF8', sql), constant(2)));
  if (escapes.length === 0) return inner;
  const pattern = `(?s)(?:${escapes.map(quoteRegex).join('|')})(.)`;
  return call('replaceRegexpAll', inner, text(pattern), constant('\\1'));
}

/** `trim` of all white space. */
const trimmed = (sql: Sql): Sql => call('replaceRegexpAll', sql, constant('^\\s+|\\s+$'), constant(''));
const once = (sql: Sql, body: (bound: Sql) => Sql): Sql =>
  call('arrayElement', call('arrayMap', lambda(body), call('array', sql)), constant(1));

/** Pairs by a regular expression of two groups. */
function byRegex(source: Sql, regex: string): Sql {
  const pair = (groups: Sql): Sql =>
    call(
      'tuple',
      trimmed(call('arrayElement', groups, constant(1))),
      trimmed(call('arrayElement', groups, constant(2))),
    );
  return call('arrayMap', lambda(pair), call('extractAllGroupsVertical', source, text(regex)));
}

/** Pairs where anything but letters and digits divides: a known key, and the next word or quoted text. */
function byWords(source: Sql, keys: readonly string[], options: Options): Sql {
  const names = keys.toSorted((left, right) => right.length - left.length).map(quoteRegex);
  const words = quoted(options);
  const taken = words === '' ? '[\\pL\\pN]+' : `${words}|[\\pL\\pN]+`;
  const regex = `(?s)(?:^|[^\\pL\\pN])(${names.join('|')})[^\\pL\\pN]+?(${taken})`;
  const pair = (groups: Sql): Sql => {
    const found = call('arrayElement', groups, constant(2));
    const isQuoted = call('match', found, constant('^[^\\pL\\pN]'));
    const inner = words === '' ? found : call('if', isQuoted, unquoted(found, options), found);
    return call('tuple', call('arrayElement', groups, constant(1)), trimmed(inner));
  };
  return call('arrayMap', lambda(pair), call('extractAllGroupsVertical', source, text(regex)));
}

/** Key and value by delimiters. Quoted texts are marks while the rest is split, and put back by their number. */
function byDelimiters(source: Sql, pair: string, between: string, options: Options): Sql {
  const words = quoted(options);
  const clean = call('replaceAll', source, text(MARK), constant(''));
  // White space may stand around a quote, unless white space is what divides.
  const space = pair.trim() === '' || between.trim() === '' ? '' : '\\s*';
  const before = `(?:^|${quoteRegex(pair)}|${quoteRegex(between)})${space}`;
  if (words === '') return divided(clean, undefined, pair, between, options);
  const masked = call('replaceRegexpAll', clean, text(`(?s)(${before})(?:${words})`), text(`\\1${MARK}`));
  const kept = call('extractAll', clean, text(`(?s)${before}(${words})`));
  return divided(masked, kept, pair, between, options);
}

function divided(masked: Sql, kept: Sql | undefined, pair: string, between: string, options: Options): Sql {
  const parts = call('splitByString', text(options.greedy ? between : pair), masked);
  return once(parts, (list) => {
    const sides = options.greedy ? greedyPairs(list, pair) : plainPairs(list, between);
    const restored = (side: Sql, number: Sql): Sql =>
      kept === undefined
        ? trimmed(side)
        : call(
            'if',
            call('equals', trimmed(side), text(MARK)),
            unquoted(call('arrayElement', kept, number), options),
            trimmed(remarked(side, kept, number)),
          );
    if (kept === undefined)
      return call(
        'arrayMap',
        lambda((entry) => call('tuple', trimmed(first(entry)), trimmed(second(entry)))),
        sides,
      );
    // How many quoted texts stand before each pair.
    return once(sides, (pairs) => {
      const marks = call(
        'arrayCumSum',
        call(
          'arrayMap',
          lambda((entry) => call('toInt64', call('plus', marksIn(first(entry)), marksIn(second(entry))))),
          pairs,
        ),
      );
      return call(
        'arrayMap',
        lambda((entry, total) => {
          const valueNumber = call('minus', call('plus', total, constant(1)), marksIn(second(entry)));
          const keyNumber = call('minus', valueNumber, marksIn(first(entry)));
          return call('tuple', restored(first(entry), keyNumber), restored(second(entry), valueNumber));
        }),
        pairs,
        marks,
      );
    });
  });
}

/** A side with its marks as the quoted texts that they stand for, as they were written; the first one has the number. */
function remarked(side: Sql, kept: Sql, number: Sql): Sql {
  const pieces = call('splitByString', text(MARK), side);
  const piece = (part: Sql, index: Sql): Sql => {
    const before = call('arrayElement', kept, call('plus', number, call('minus', index, constant(2))));
    return call('concat', call('if', call('equals', index, constant(1)), constant(''), before), part);
  };
  return call('arrayStringConcat', call('arrayMap', lambda(piece), pieces, call('arrayEnumerate', pieces)));
}

const first = (pair: Sql): Sql => call('tupleElement', pair, constant(1));
const second = (pair: Sql): Sql => call('tupleElement', pair, constant(2));
const marksIn = (side: Sql): Sql => call('toInt64', call('countSubstrings', side, text(MARK)));

/** Each part holds a key, the delimiter and a value; one without the delimiter is a key of its own that nothing asks for. */
function plainPairs(parts: Sql, between: string): Sql {
  const at = (part: Sql): Sql => call('position', part, text(between));
  return call(
    'arrayMap',
    lambda((part) =>
      call(
        'if',
        call('equals', at(part), constant(0)),
        call('tuple', constant(''), part),
        call(
          'tuple',
          call('substring', part, constant(1), call('minus', at(part), constant(1))),
          call('substring', part, call('plus', at(part), call('length', text(between)))),
        ),
      ),
    ),
    parts,
  );
}

/** Parts between key delimiters: the last word of one is the key whose value the next one begins with. */
function greedyPairs(parts: Sql, pair: string): Sql {
  const words = (part: Sql): Sql => call('splitByString', text(pair), part);
  const key = (part: Sql): Sql => call('arrayElement', words(part), constant(-1));
  const rest = (part: Sql): Sql => call('arrayStringConcat', call('arrayPopBack', words(part)), text(pair));
  const count = call('length', parts);
  return call(
    'arrayMap',
    lambda((index) => {
      const next = call('arrayElement', parts, call('plus', index, constant(1)));
      const isLast = call('equals', call('plus', index, constant(1)), count);
      return call('tuple', key(call('arrayElement', parts, index)), call('if', isLast, next, rest(next)));
    }),
    call('range', constant(1), count),
  );
}

function pairsOf(source: Sql, keys: readonly string[], options: Options): Sql | undefined {
  const { regex, pair, between } = options;
  if (regex !== undefined) {
    const ready = engineRegex(regex);
    return ready === undefined || groupsOf(regex) !== 2 ? undefined : byRegex(source, ready);
  }
  if (pair !== undefined && between !== undefined) return byDelimiters(source, pair, between, options);
  return pair === undefined && between === undefined && !options.greedy ? byWords(source, keys, options) : undefined;
}

function lowerParseKv(node: OperatorNodes['ParseKvOperator'], input: Table, context: Context): Table {
  const options = optionsOf(elements(node.WithClause?.Properties), context);
  const keys = elements(node.Keys.Columns).map((declared) => ({
    name: declared.Name.SimpleName,
    type: typeNamed(textOf(declared.Type), 'string'),
  }));
  const source = context.with({ row: input }).scalar(node.Expression);
  const pairs = pairsOf(
    (convert(source, 'string') ?? source).sql,
    keys.map((key) => key.name),
    options,
  );
  if (pairs === undefined)
    context.session.report(
      'GHQ013',
      'parse-kv takes pair_delimiter and kv_delimiter together, or neither, or a regex of two groups that RE2 accepts.',
      node,
    );
  const list: SelectColumn = {
    id: context.session.newColumn(),
    value: pairs ?? call('array', call('tuple', constant(''), constant(''))),
  };
  const below: Table = { ...input, relation: { kind: 'compute', input: input.relation, columns: [list] } };
  const values = keys.map(({ name, type }): Value & { readonly name: string } => {
    const wanted = constantValue('string', name).sql;
    // The first appearance of a key counts.
    const found = call(
      'arrayFirst',
      lambda((entry) => call('equals', first(entry), wanted)),
      column(list.id),
    );
    const written = value(second(found), 'string', false);
    return { ...(convert(written, type) ?? nullOf(type)), name };
  });
  const { table, columns } = computed(context, below, values);
  const byName = new Map(columns.map((entry) => [entry.name, entry]));
  const kept = input.columns.map((entry): Column => {
    const replacement = byName.get(entry.name);
    byName.delete(entry.name);
    return replacement ?? entry;
  });
  return { ...table, columns: [...kept, ...byName.values()] };
}

/** `parse-kv`: columns out of keys and values in a text. Source: KQL documentation, "parse-kv operator". */
export const parseKv: Operator<'ParseKvOperator'> = {
  node: 'ParseKvOperator',
  names: ['parse-kv'],
  summary: 'Columns out of keys and values in a text.',
  page: 'parse-kv-operator',
  perSubtable: true,
  lower: lowerParseKv,
};
