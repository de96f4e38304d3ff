import { elements, items, type NamedParameter, textOf } from '../parser/syntax.ts';
import type { Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import type { Column, Relation, Table } from '../relation/tree.ts';
import { over } from '../sql/over.ts';
import { call, column, constant, lambda, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import { resultNames } from './named.ts';
import type { Operator } from './types.ts';

interface Options {
  readonly threshold: number;
  /** A class of RE2: the characters of a term. */
  readonly term: string;
}

/**
 * `reduce`: texts that share their frequent terms are one pattern. A clustering by frequent words as R. Vaarandi describes it ("A Data
 * Clustering Algorithm for Mining Patterns From Event Logs", 2003), on which Kusto's is said to be based:
 * a term is frequent where at least threshold × rows (and at least 2) have it at the same position; rows with the same frequent
 * terms are one pattern if they are as many; all others are `others`. A term of digits only is never part of a pattern.
 *
 * Each text is looked at once, however many rows have it.
 */
export const reduce: Operator<'ReduceByOperator'> = {
  node: 'ReduceByOperator',
  names: ['reduce'],
  summary: 'Patterns of similar texts, with how many rows have each.',
  page: 'reduce-operator',
  lower: (node, input, context) => {
    const kept = keepsSource(items(node.Parameters), context);
    const options = readOptions(elements(node.With?.Parameters), context);
    const value = context.with({ row: input }).scalar(node.Expression);
    const text = convert(value, 'string') ?? value;
    const names = resultNames(node);
    const make = new Chain(context, input);
    const patterns = make.patterns(text.sql, options, kept ? input.columns : []);
    return kept ? make.source(patterns, input, names) : make.summary(patterns, names);
  },
};

function keepsSource(parameters: readonly NamedParameter[], context: Context): boolean {
  let kept = false;
  for (const parameter of parameters) {
    if (parameter.Name.SimpleName === 'kind' && textOf(parameter.Expression) === 'source') kept = true;
    else if (!parameter.Name.SimpleName.startsWith('hint.'))
      context.session.report('GHQ013', `reduce's option '${textOf(parameter)}' is not supported.`, parameter);
  }
  return kept;
}

function readOptions(parameters: readonly NamedParameter[], context: Context): Options {
  let [threshold, term] = [0.1, '0-9A-Za-z'];
  for (const parameter of parameters) {
    const { constant: given } = context.with({ row: undefined }).scalar(parameter.Expression);
    const name = parameter.Name.SimpleName.toLowerCase();
    if (name === 'threshold') {
      threshold = typeof given === 'bigint' ? Number(given) : typeof given === 'number' ? given : NaN;
      if (!(threshold >= 0 && threshold <= 1))
        context.session.report('GHQ021', "reduce's threshold is a constant from 0 to 1.", parameter);
    } else if (name === 'characters') {
      if (typeof given !== 'string' || given === '')
        context.session.report('GHQ020', "reduce's characters are a constant text that is not empty.", parameter);
      else
        term = `^${Array.from(given, (character) => `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`).join('')}`;
    } else context.session.report('GHQ013', `reduce has no option '${name}'.`, parameter);
  }
  return { threshold, term };
}

/** What is known of each text. */
interface Patterns {
  readonly relation: Relation;
  readonly pattern: Sql;
  /** Rows with the text. */
  readonly rows: Sql;
  readonly text: Sql;
  readonly terms: Sql;
  /** The cluster: empty for the others. */
  readonly cluster: Sql;
  /** Columns of the source, each an array of one-tuples in the rows' order. */
  readonly sources: readonly SelectColumn[];
}

class Chain {
  readonly #context: Context;
  #relation: Relation;

  constructor(context: Context, input: Table) {
    this.#context = context;
    this.#relation = input.relation;
  }

  #compute(...values: readonly Sql[]): readonly Sql[] {
    const columns = values.map((value) => ({ id: this.#context.session.newColumn(), value }));
    this.#relation = { kind: 'compute', input: this.#relation, columns };
    return columns.map((entry) => column(entry.id));
  }

  #aggregate(keys: readonly Sql[], values: readonly Sql[]): readonly Sql[] {
    const columns = [...keys, ...values].map((value) => ({ id: this.#context.session.newColumn(), value }));
    this.#relation = {
      kind: 'aggregate',
      input: this.#relation,
      keys: columns.slice(0, keys.length),
      values: columns.slice(keys.length),
    };
    return columns.map((entry) => column(entry.id));
  }

  patterns(value: Sql, options: Options, kept: readonly Column[]): Patterns {
    const lists = kept.map((entry) => call('groupArray', call('tuple', column(entry.id))));
    const [text, rows, ...sources] = this.#aggregate([value], [call('toInt64', call('count')), ...lists]) as [
      Sql,
      Sql,
      ...Sql[],
    ];
    const terms = call('extractAll', text, literal('String', `[${options.term}]+`));
    const [least, words] = this.#compute(
      call(
        'greatest',
        constant(2),
        call('multiply', literal('Float64', options.threshold), over(call('sum', rows), [])),
      ),
      terms,
    ) as [Sql, Sql];
    const [position, word] = [this.#context.session.newColumn(), this.#context.session.newColumn()];
    this.#relation = {
      kind: 'unnest',
      input: this.#relation,
      arrays: [
        { id: position, value: call('arrayEnumerate', words) },
        { id: word, value: words },
      ],
      keepEmpty: true,
    };
    const [isFrequent] = this.#compute(
      call(
        'and',
        call('greaterOrEquals', over(call('sum', rows), [column(position), column(word)]), least),
        call('not', call('match', column(word), constant('^[0-9]*$'))),
      ),
    ) as [Sql];
    const anyOf = (sql: Sql): Sql => call('any', sql);
    const frequent = call('arraySort', call('groupArrayIf', column(position), isFrequent));
    const [again, counted, limit, list, places, ...carried] = this.#aggregate(
      [text],
      [anyOf(rows), anyOf(least), anyOf(words), frequent, ...sources.map(anyOf)],
    ) as [Sql, Sql, Sql, Sql, Sql, ...Sql[]];
    const wanted = call(
      'arrayMap',
      lambda((place) => call('tuple', place, call('arrayElement', list, place))),
      places,
    );
    const [key] = this.#compute(wanted) as [Sql];
    const [isCluster] = this.#compute(
      call('and', call('notEmpty', key), call('greaterOrEquals', over(call('sum', counted), [key]), limit)),
    ) as [Sql];
    const [cluster, pattern] = this.#compute(
      call('if', isCluster, key, call('arrayResize', key, constant(0))),
      call('if', isCluster, patternText(again, list, places, options), constant('others')),
    ) as [Sql, Sql];
    const empty = call('if', isCluster, again, constant(''));
    return {
      relation: this.#relation,
      pattern,
      rows: counted,
      text: empty,
      terms: call('length', list),
      cluster,
      sources: carried.map((entry, index) => ({ id: kept[index]?.id ?? 0, value: entry })),
    };
  }

  /** The text that most rows have, by the alphabet among equals. */
  #representative({ rows, text }: Patterns): Sql {
    return call('argMin', text, call('tuple', call('negate', rows), text));
  }

  /** The pattern as the longest text shows it: a shorter one may end where others go on. */
  #pattern({ pattern, terms, rows, text }: Patterns): Sql {
    return call('argMin', pattern, call('tuple', call('negate', call('toInt64', terms)), call('negate', rows), text));
  }

  summary(patterns: Patterns, names: readonly string[]): Table {
    const [, pattern, count, text] = this.#aggregate(
      [patterns.cluster],
      [this.#pattern(patterns), call('toInt64', call('sum', patterns.rows)), this.#representative(patterns)],
    );
    return { relation: this.#relation, columns: this.#columns([pattern, count, text], names), order: [] };
  }

  source(patterns: Patterns, input: Table, names: readonly string[]): Table {
    const added = this.#compute(
      over(this.#pattern(patterns), [patterns.cluster]),
      call('toInt64', over(call('sum', patterns.rows), [patterns.cluster])),
      over(this.#representative(patterns), [patterns.cluster]),
    );
    const elements_ = patterns.sources.map((entry) => ({ id: this.#context.session.newColumn(), value: entry.value }));
    this.#relation = { kind: 'unnest', input: this.#relation, arrays: elements_, keepEmpty: false };
    const values = this.#compute(...elements_.map((entry) => call('tupleElement', column(entry.id), constant(1))));
    const columns = input.columns.map((entry, index): Column => {
      const value = values[index];
      return { ...entry, id: value?.kind === 'column' ? value.id : entry.id, name: names[index] ?? entry.name };
    });
    return {
      relation: this.#relation,
      columns: [...columns, ...this.#columns(added, names.slice(input.columns.length))],
      order: [],
    };
  }

  #columns(values: readonly (Sql | undefined)[], names: readonly string[]): Column[] {
    return values.map((value, index) => ({
      id: value?.kind === 'column' ? value.id : 0,
      name: names[index] ?? '',
      type: index === 1 ? 'long' : 'string',
      nullable: false,
    }));
  }
}

/**
 * The frequent terms with what stands between them; a star for a run of other terms. A separator that is a letter or digit says nothing
 * beside a star and is left out.
 */
function patternText(text: Sql, list: Sql, places: Sql, options: Options): Sql {
  const between = call('splitByRegexp', literal('String', `[${options.term}]+`), text);
  const shown = (sql: Sql): Sql => call('replaceRegexpAll', sql, constant('[0-9A-Za-z]'), constant(''));
  const isFrequent = call(
    'arrayMap',
    lambda((place) => call('has', places, place)),
    call('arrayEnumerate', list),
  );
  const piece = lambda((gap, term, here, before) =>
    call(
      'multiIf',
      call('and', here, before),
      call('concat', gap, term),
      here,
      call('concat', shown(gap), term),
      before,
      call('concat', shown(gap), constant('*')),
      constant(''),
    ),
  );
  const previous = call('arrayPushFront', call('arrayPopBack', isFrequent), constant(1));
  const last = call('arrayElement', between, constant(-1));
  return call(
    'concat',
    call('arrayStringConcat', call('arrayMap', piece, call('arrayPopBack', between), list, isFrequent, previous)),
    call('if', call('arrayElement', isFrequent, constant(-1)), last, shown(last)),
  );
}
