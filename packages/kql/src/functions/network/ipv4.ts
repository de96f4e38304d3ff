import { convert, jsonArray, jsonString } from '../../lower/convert.ts';
import { value, type Value } from '../../lower/value.ts';
import { call, cast, constant, lambda, literal, NULL, once, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from '../types.ts';
import { compareAddresses, given, IPV4, isInRange, isInSomeRange, network } from './address.ts';

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
const zero = constant(0);
const one = constant(1);

/** An address as text, or as the number that parse_ipv4() gives. */
function formatted(of: ScalarCall, withMask: boolean): Sql {
  const source: Value = of.arg(0);
  const isText = source.type === 'string' || source.type === 'dynamic';
  const text = convert(source, 'string')?.sql ?? source.sql;
  const own = isText ? IPV4.bits(text) : constant(32);
  const bits =
    of.count > 1
      ? call(
          'if',
          call('or', call('isNull', own), call('isNull', given(IPV4, of.sql(1)))),
          NULL,
          call('least', own, given(IPV4, of.sql(1))),
        )
      : own;
  const number = isText ? IPV4.number(text) : call('accurateCastOrNull', source.sql, constant('UInt32'));
  const address = call('IPv4NumToString', call('toUInt32', IPV4.masked(number, bits)));
  const whole = withMask ? call('concat', address, constant('/'), call('toString', bits)) : address;
  return call('ifNull', whole, constant(''));
}

/** The fewest networks that cover a range: from its start on always the largest that begins there and does not go beyond. */
function networksOf(of: ScalarCall): Sql {
  const [first, last] = [IPV4.number(of.sql(0)), IPV4.number(of.sql(1))];
  const list = once(
    [call('toInt64', call('assumeNotNull', first)), call('toInt64', call('assumeNotNull', last))],
    (start, end) => {
      const none = cast(call('array'), 'Array(Tuple(Int64, UInt8))');
      const step = lambda((found, _round, from, to) => {
        const next = call(
          'if',
          call('empty', found),
          from,
          call(
            'plus',
            call('tupleElement', call('arrayElement', found, constant(-1)), one),
            call(
              'bitShiftLeft',
              call('toInt64', one),
              call('tupleElement', call('arrayElement', found, constant(-1)), constant(2)),
            ),
          ),
        );
        const size = call(
          'arrayMax',
          call(
            'arrayFilter',
            lambda((bits) =>
              call(
                'and',
                call(
                  'equals',
                  call('bitAnd', next, call('minus', call('bitShiftLeft', call('toInt64', one), bits), one)),
                  zero,
                ),
                call(
                  'lessOrEquals',
                  call('minus', call('plus', next, call('bitShiftLeft', call('toInt64', one), bits)), one),
                  to,
                ),
              ),
            ),
            call('range', constant(33)),
          ),
        );
        return call(
          'if',
          call('greater', next, to),
          found,
          call('arrayPushBack', found, call('tuple', next, call('toUInt8', size))),
        );
      });
      return call(
        'arrayFold',
        step,
        call('range', constant(63)),
        call('arrayWithConstant', constant(63), start),
        call('arrayWithConstant', constant(63), end),
        none,
      );
    },
  );
  const texts = call(
    'arrayMap',
    lambda((entry) =>
      jsonString(
        call(
          'concat',
          call('IPv4NumToString', call('toUInt32', call('tupleElement', entry, one))),
          constant('/'),
          call('toString', call('minus', constant(32), call('tupleElement', entry, constant(2)))),
        ),
      ),
    ),
    list,
  );
  return call('if', call('or', call('isNull', first), call('isNull', last)), constant(''), jsonArray(texts));
}

/** IPv4 addresses. Source: KQL documentation, "ipv4_is_private()" and its neighbours. */
export const IPV4_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'ipv4_is_private',
    summary: 'True for an address of RFC 1918; null where the text is none.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => call('or', ...PRIVATE.map((range) => isInRange(IPV4, of.sql(0), literal('String', range)))),
    examples: [
      ["ipv4_is_private('192.168.1.1/24')", true],
      ["ipv4_is_private('10.1.2.3')", true],
      ["ipv4_is_private('202.1.2.3')", false],
      ["ipv4_is_private('127.0.0.1')", false],
      ["ipv4_is_private('nonsense')", null],
      ["ipv4_is_private('10.0.0.1/33')", null],
    ],
  },
  {
    name: 'ipv4_is_in_range',
    summary: 'True when an address is in a range.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => isInRange(IPV4, of.sql(0), of.sql(1)),
    examples: [
      ["ipv4_is_in_range('127.0.0.1', '127.0.0.1')", true],
      ["ipv4_is_in_range('192.168.1.6', '192.168.1.1/24')", true],
      ["ipv4_is_in_range('192.168.1.1', '192.168.2.1/24')", false],
      ["ipv4_is_in_range('x', '192.168.2.1/24')", null],
      ["ipv4_is_in_range('1.2.3.4', '0.0.0.0/0')", true],
    ],
  },
  {
    name: 'ipv4_is_in_any_range',
    summary: 'True when an address is in one of the ranges.',
    takes: ['string', 'any'],
    nulls: 'may',
    lower: (of) => isInSomeRange(IPV4, of),
    examples: [
      ["ipv4_is_in_any_range('192.168.1.6', '10.0.0.0/8', '192.168.1.1/24')", true],
      ["ipv4_is_in_any_range('192.168.1.6', dynamic(['10.0.0.0/8']))", false],
      ["ipv4_is_in_any_range('x', dynamic(['10.0.0.0/8']))", null],
    ],
  },
  {
    name: 'ipv4_is_match',
    summary: 'True when two addresses agree under the shortest prefix.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    lower: (of) => call('equals', compareAddresses(IPV4, of), zero),
    examples: [
      ["ipv4_is_match('192.168.1.1/24', '192.168.1.255/24')", true],
      ["ipv4_is_match('192.168.1.1', '192.168.1.255')", false],
      ["ipv4_is_match('192.168.1.1', '192.168.1.255', 24)", true],
      ["ipv4_is_match('192.168.1.1', '192.168.1.255', 33)", null],
    ],
  },
  {
    name: 'ipv4_compare',
    summary: '-1, 0 or 1: how two addresses compare.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    lower: (of) => compareAddresses(IPV4, of),
    examples: [
      ["ipv4_compare('192.168.1.1', '192.168.1.255')", -1],
      ["ipv4_compare('192.168.1.1/24', '192.168.1.255/24')", 0],
    ],
  },
  {
    name: 'parse_ipv4',
    summary: 'An address as a number.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => call('toInt64', network(IPV4, of.sql(0))),
    examples: [
      ["parse_ipv4('127.0.0.1')", 2130706433],
      ["parse_ipv4('192.1.168.2/24')", 3221334016],
      ["parse_ipv4('x')", null],
    ],
  },
  {
    name: 'parse_ipv4_mask',
    summary: 'The network of an address under a prefix, as a number.',
    takes: ['string', 'long'],
    nulls: 'may',
    lower: (of) => call('toInt64', network(IPV4, of.sql(0), of.sql(1))),
    examples: [
      ["parse_ipv4_mask('127.0.0.1', 24)", 2130706432],
      ["parse_ipv4_mask('192.1.168.2', 31)", 3221334018],
      ["parse_ipv4_mask('192.1.168.3/31', 32)", 3221334018],
      ["parse_ipv4_mask('192.1.168.3', 40)", null],
    ],
  },
  {
    name: 'format_ipv4',
    summary: 'An address, text or number, as text under a prefix; empty where it is none.',
    takes: ['any', 'long'],
    nulls: 'never',
    lower: (of) => formatted(of, false),
    examples: [
      ["format_ipv4('192.168.1.255', 24)", '192.168.1.0'],
      ["format_ipv4('192.168.1.1/24', 32)", '192.168.1.0'],
      ["format_ipv4('192.168.1.1', -1)", ''],
      ['format_ipv4(3232236031, 24)', '192.168.1.0'],
      ['format_ipv4(3232236031)', '192.168.1.255'],
    ],
  },
  {
    name: 'format_ipv4_mask',
    summary: 'An address, text or number, as its network with the prefix behind it.',
    takes: ['any', 'long'],
    nulls: 'never',
    lower: (of) => formatted(of, true),
    examples: [
      ["format_ipv4_mask('192.168.1.255', 24)", '192.168.1.0/24'],
      ["format_ipv4_mask('192.168.1.1/24', 32)", '192.168.1.0/24'],
      ['format_ipv4_mask(3232236031, 32)', '192.168.1.255/32'],
      ["format_ipv4_mask('x', 24)", ''],
    ],
  },
  {
    name: 'ipv4_netmask_suffix',
    summary: 'Bits of the prefix.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => call('if', call('isNull', IPV4.number(of.sql(0))), NULL, call('toInt64', IPV4.bits(of.sql(0)))),
    examples: [
      ["ipv4_netmask_suffix('10.1.2.3')", 32],
      ["ipv4_netmask_suffix('192.168.1.1/24')", 24],
      ["ipv4_netmask_suffix('x/24')", null],
    ],
  },
  {
    name: 'ipv4_range_to_cidr_list',
    summary: 'The fewest networks that cover the addresses from one to another, as an array.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) => value(networksOf(of), 'dynamic', false),
    examples: [
      ["ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')", ['1.1.128.0/21', '1.1.136.0/22', '1.1.140.0/24']],
      ["ipv4_range_to_cidr_list('0.0.0.0', '255.255.255.255')", ['0.0.0.0/0']],
      ["ipv4_range_to_cidr_list('10.0.0.1', '10.0.0.2')", ['10.0.0.1/32', '10.0.0.2/32']],
      ["ipv4_range_to_cidr_list('10.0.0.2', '10.0.0.1')", []],
      ["isnull(ipv4_range_to_cidr_list('x', '10.0.0.1'))", true],
    ],
  },
];
