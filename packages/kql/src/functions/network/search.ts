import { call, constant, lambda, literal, once, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from '../types.ts';
import { someArgument } from './address.ts';

/**
 * The addresses of a text: runs of letters, digits and dots that are an address as a whole, so that 127.0.0.1 is found in
 * neither 127.0.0.11 nor x127.0.0.1. A dot behind one ends a sentence.
 */
const addressesOf = (text: Sql): Sql =>
  call(
    'arrayFilter',
    lambda((run) => call('isNotNull', call('IPv4StringToNumOrNull', run))),
    call(
      'arrayMap',
      lambda((run) => call('trimRight', run, constant('.'))),
      call('extractAll', text, literal('String', '[0-9][0-9A-Za-z.]*|[A-Za-z.][0-9A-Za-z.]*')),
    ),
  );

const isThere = (text: Sql, wanted: Sql): Sql => call('greater', call('position', text, wanted), constant(0));
const exact = (found: Sql, wanted: Sql): Sql => call('has', found, wanted);
/** A prefix is a whole address or ends with a dot. */
const prefixed = (found: Sql, prefix: Sql): Sql =>
  call(
    'and',
    call('or', call('endsWith', prefix, constant('.')), call('isNotNull', call('IPv4StringToNumOrNull', prefix))),
    call(
      'arrayExists',
      lambda((address) => call('startsWith', address, prefix)),
      found,
    ),
  );

/** A plain search first: it is fast and rejects nearly every row. */
const search =
  (test: (found: Sql, wanted: Sql) => Sql) =>
  (of: ScalarCall): Sql => {
    const text = of.sql(0);
    return call(
      'and',
      someArgument(of, (wanted) => isThere(text, wanted)),
      once([addressesOf(text)], (found) => someArgument(of, (wanted) => test(found, wanted))),
    );
  };

/** Addresses in texts. Source: KQL documentation, "has_ipv4()" and its neighbours. */
export const ADDRESS_SEARCH_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'has_ipv4',
    summary: 'True when the text has the address, with no letter, digit or dot beside it.',
    takes: ['string', 'string'],
    nulls: 'never',
    lower: search(exact),
    examples: [
      ["has_ipv4('05:04:54 127.0.0.1 GET', '127.0.0.1')", true],
      ["has_ipv4('05:04:54127.0.0.1 GET', '127.0.0.1')", false],
      ["has_ipv4('05:04:54 127.0.0.11 GET', '127.0.0.1')", false],
      ["has_ipv4('127.0.0.256', '127.0.0.256')", false],
      ["has_ipv4('from 10.0.0.1,10.0.0.2.', '10.0.0.2')", true],
      ["has_ipv4('x10.0.0.1', '10.0.0.1')", false],
    ],
  },
  {
    name: 'has_ipv4_prefix',
    summary: 'True when the text has an address that begins so; the prefix is an address or ends with a dot.',
    takes: ['string', 'string'],
    nulls: 'never',
    lower: search(prefixed),
    examples: [
      ["has_ipv4_prefix('05:04:54 127.0.0.1 GET', '127.0.')", true],
      ["has_ipv4_prefix('05:04:54 127.0.0.1 GET', '127.0')", false],
      ["has_ipv4_prefix('05:04:54 127.0.0.256 GET', '127.0.')", false],
      ["has_ipv4_prefix('05:04:54 127.0.0.1 GET', '192.')", false],
    ],
  },
  {
    name: 'has_any_ipv4',
    summary: 'True when the text has one of the addresses, texts or arrays of them.',
    takes: ['string', 'any'],
    nulls: 'never',
    lower: search(exact),
    examples: [
      ["has_any_ipv4('05:04:54 127.0.0.1 GET', '127.0.0.2', '127.0.0.1')", true],
      ["has_any_ipv4('05:04:54 127.0.0.1 GET', dynamic(['127.0.0.256', '192.168.1.1']))", false],
    ],
  },
  {
    name: 'has_any_ipv4_prefix',
    summary: 'True when the text has an address that begins with one of the prefixes, texts or arrays of them.',
    takes: ['string', 'any'],
    nulls: 'never',
    lower: search(prefixed),
    examples: [
      ["has_any_ipv4_prefix('05:04:54 127.0.0.1 GET', '192.168.', '127.0.')", true],
      ["has_any_ipv4_prefix('05:04:54 127.0.0.1 GET', dynamic(['10.', '192.']))", false],
    ],
  },
];
