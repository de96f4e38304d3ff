import type { KqlType } from '../catalogue.ts';
import { convert } from '../lower/convert.ts';
import { invariant } from '../invariant.ts';
import { constantValue, value, type Value } from '../lower/value.ts';
import { call, constant, lambda, type Sql } from '../sql/tree.ts';
import type { BinaryLowering } from './binary.ts';
import { quoteRegex } from './regex.ts';
import { TEXT_SEARCH } from './search.ts';

/**
 * Terms of `search` and `find`, and `*` in place of a column. The stars of a term say how it is looked for. Source: KQL
 * documentation, "search operator", "Search predicate syntax".
 */
interface Sought {
  readonly operator: string;
  readonly text: string;
}

/** `"abc"`, `"abc*"`, `"*abc"`, `"*abc*"` and `"a*c"`, each as the operator that it stands for. */
function soughtBy(term: string, caseSensitive: boolean): Sought {
  const suffix = caseSensitive ? '_cs' : '';
  const [first, last] = [term.startsWith('*'), term.length > 1 && term.endsWith('*')];
  const inner = term.slice(first ? 1 : 0, last ? -1 : undefined);
  if (inner.includes('*')) {
    const parts = inner.split('*').map(quoteRegex).join('.*');
    const regex = `${caseSensitive ? '' : '(?i)'}${first ? '' : '\\b'}${parts}${last ? '' : '\\b'}`;
    return { operator: 'matches regex', text: regex };
  }
  const name = first ? (last ? 'contains' : 'hassuffix') : last ? 'hasprefix' : 'has';
  return { operator: `${name}${suffix}`, text: inner };
}

/** The letters that the text of a value can be made of; what a text with others is never found in need not be read. */
const ALPHABETS: Partial<Record<KqlType, RegExp>> = {
  int: /^[-\d]*$/,
  long: /^[-\d]*$/,
  decimal: /^[-\d.]*$/,
  real: /^(?:[-+\d.eE]|nan|infinity)*$/i,
  datetime: /^[-\d:.tz]*$/i,
  timespan: /^[-\d:.]*$/,
  guid: /^[-\da-f]*$/i,
};

/** False where no value of the type can hold the text. */
function canHold(type: KqlType, text: string): boolean {
  if (type === 'bool') return ['true', 'false'].some((word) => word.includes(text.toLowerCase()));
  return ALPHABETS[type]?.test(text) ?? true;
}

const FINDS_TEXT = /^(?:has|hasprefix|hassuffix|contains|startswith|endswith)(?:_cs)?$/;

/** An operator over several columns: true where it holds for one of them. Those that it cannot hold for are not read. */
export function anyOf(lefts: readonly Value[], operator: string, lower: BinaryLowering, right: Value): Value {
  const text = typeof right.constant === 'string' && FINDS_TEXT.test(operator) ? right.constant : undefined;
  const asked = text === undefined ? lefts : lefts.filter((left) => canHold(left.type, text));
  const isText = right.type === 'string' && right.constant !== undefined;
  return value(isText ? anyText(asked, lower, right) : anyValue(asked, lower, right), 'bool', false);
}

/**
 * One test over an array of the columns' texts. Sixty tests joined by `or` say the same, and take the engine a hundred
 * milliseconds to plan.
 */
function anyText(lefts: readonly Value[], lower: BinaryLowering, right: Value): Sql {
  const texts = lefts.flatMap((left) => convert(left, 'string')?.sql ?? []);
  if (texts.length < 2) return anyValue(lefts, lower, right);
  const test = lambda((text) => outcome(lower(value(text, 'string', false), right, 'bool')) ?? constant(0));
  return call('arrayExists', test, call('array', ...texts));
}

function anyValue(lefts: readonly Value[], lower: BinaryLowering, right: Value): Sql {
  const isText = right.type === 'string' && right.constant !== undefined;
  const tests = lefts.flatMap((left) => {
    const side = isText ? convert(left, 'string') : left;
    return (side && outcome(lower(side, right, 'bool'))) ?? [];
  });
  const [first, ...rest] = tests;
  return first === undefined ? constant(0) : rest.length === 0 ? first : call('or', first, ...rest);
}

function outcome(test: Value | undefined): Sql | undefined {
  return test?.nullable === true ? call('ifNull', test.sql, constant(0)) : test?.sql;
}

/** A term over columns. */
export function termIn(lefts: readonly Value[], term: string, caseSensitive: boolean): Value {
  if (/^\**$/.test(term)) return value(constant(1), 'bool', false);
  const { operator, text } = soughtBy(term, caseSensitive);
  const lower = TEXT_SEARCH[operator];
  invariant(lower, `${operator} is an operator`);
  return anyOf(lefts, operator, lower, constantValue('string', text));
}
