import type { KqlType } from '../catalogue.ts';
import { convert } from '../lower/convert.ts';
import { invariant } from '../invariant.ts';
import { constantValue, value, type Value } from '../lower/value.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
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
  const tests = lefts.flatMap((left): Sql[] => {
    if (text !== undefined && !canHold(left.type, text)) return [];
    const side = right.type === 'string' && right.constant !== undefined ? convert(left, 'string') : left;
    const test = side && lower(side, right, 'bool');
    if (test === undefined) return [];
    return [test.nullable ? call('ifNull', test.sql, constant(0)) : test.sql];
  });
  const [first, ...rest] = tests;
  const sql = first === undefined ? constant(0) : rest.length === 0 ? first : call('or', first, ...rest);
  return value(sql, 'bool', false);
}

/** A term over columns. */
export function termIn(lefts: readonly Value[], term: string, caseSensitive: boolean): Value {
  if (/^\**$/.test(term)) return value(constant(1), 'bool', false);
  const { operator, text } = soughtBy(term, caseSensitive);
  const lower = TEXT_SEARCH[operator];
  invariant(lower, `${operator} is an operator`);
  return anyOf(lefts, operator, lower, constantValue('string', text));
}
