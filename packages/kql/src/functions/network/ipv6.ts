import { call, constant, literal, type Sql } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import { compareAddresses, IPV6, isInRange, isInSomeRange, network } from './address.ts';

/** Eight groups of four digits. */
const canonical = (number: Sql): Sql =>
  call(
    'ifNull',
    call(
      'substring',
      call(
        'replaceRegexpAll',
        call('lower', call('leftPad', call('hex', number), constant(32), constant('0'))),
        literal('String', '[0-9a-f]{4}'),
        constant(':\\0'),
      ),
      constant(2),
    ),
    constant(''),
  );

/** IPv6 addresses; IPv4 ones are taken as ::ffff:a.b.c.d. Source: KQL documentation, "ipv6_compare()" and its neighbours. */
export const IPV6_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'ipv6_compare',
    summary: '-1, 0 or 1: how two addresses compare under the shortest prefix.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    lower: (of) => compareAddresses(IPV6, of),
    examples: [
      ["ipv6_compare('fe80::85d:e82c:9446:7994', 'fe80::85d:e82c:9446:7995')", -1],
      ["ipv6_compare('fe80::85d:e82c:9446:7994/120', 'fe80::85d:e82c:9446:7998')", 0],
      ["ipv6_compare('fe80::85d:e82c:9446:7994', 'fe80::85d:e82c:9446:7995', 127)", 0],
      ["ipv6_compare('192.168.1.1/24', '::ffff:c0a8:01ff')", 0],
      ["ipv6_compare('::192.168.1.1/30', '192.168.1.255/24', 127)", 0],
      ["ipv6_compare('192.168.1.2', '192.168.1.1')", 1],
      ["ipv6_compare('x', '::1')", null],
      ["ipv6_compare('::1', '::1', 129)", null],
    ],
  },
  {
    name: 'ipv6_is_match',
    summary: 'True when two addresses agree under the shortest prefix.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    lower: (of) => call('equals', compareAddresses(IPV6, of), constant(0)),
    examples: [
      ["ipv6_is_match('192.168.1.1', '::ffff:c0a8:0101')", true],
      ["ipv6_is_match('fe80::1', 'fe80::2')", false],
      ["ipv6_is_match('fe80::1', 'fe80::2', 64)", true],
      ["ipv6_is_match('', 'fe80::2')", null],
    ],
  },
  {
    name: 'ipv6_is_in_range',
    summary: 'True when an IPv6 or IPv4 address is in a range.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => isInRange(IPV6, of.sql(0), of.sql(1)),
    examples: [
      [
        "ipv6_is_in_range('a5e:f127:8a9d:146d:e102:b5d3:c755:abcd', 'a5e:f127:8a9d:146d:e102:b5d3:c755:0000/112')",
        true,
      ],
      ["ipv6_is_in_range('192.168.1.6', '192.168.1.1/24')", true],
      ["ipv6_is_in_range('a5e:f127::1', '0:0:0:0:0:ffff:c0a8:ac/60')", false],
      ["ipv6_is_in_range('x', '::/8')", null],
    ],
  },
  {
    name: 'ipv6_is_in_any_range',
    summary: 'True when an address is in one of the ranges.',
    takes: ['string', 'any'],
    nulls: 'may',
    lower: (of) => isInSomeRange(IPV6, of),
    examples: [
      ["ipv6_is_in_any_range('a5e:f127::1', dynamic(['a5e:f127::/64', '0:0::/64']))", true],
      ["ipv6_is_in_any_range('a5e:f127::1', 'fe80::/10', '::/64')", false],
      ["ipv6_is_in_any_range('x', '::/8')", null],
    ],
  },
  {
    name: 'parse_ipv6',
    summary: 'An IPv6 or IPv4 address as eight groups of digits; empty where the text is none.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) => canonical(network(IPV6, of.sql(0))),
    examples: [
      ["parse_ipv6('127.0.0.1')", '0000:0000:0000:0000:0000:ffff:7f00:0001'],
      ["parse_ipv6('fe80::85d:e82c:9446:7994/120')", 'fe80:0000:0000:0000:085d:e82c:9446:7900'],
      ["parse_ipv6('x')", ''],
    ],
  },
  {
    name: 'parse_ipv6_mask',
    summary: 'The network of an address under a prefix, as eight groups of digits; empty where the text is no address.',
    takes: ['string', 'long'],
    nulls: 'never',
    lower: (of) => canonical(network(IPV6, of.sql(0), of.sql(1))),
    examples: [
      ["parse_ipv6_mask('192.168.255.255', 120)", '0000:0000:0000:0000:0000:ffff:c0a8:ff00'],
      ["parse_ipv6_mask('192.168.255.255/24', 124)", '0000:0000:0000:0000:0000:ffff:c0a8:ff00'],
      ["parse_ipv6_mask('fe80::85d:e82c:9446:7994', 128)", 'fe80:0000:0000:0000:085d:e82c:9446:7994'],
      ["parse_ipv6_mask('::192.168.255.255/24', 128)", '0000:0000:0000:0000:0000:ffff:c0a8:ff00'],
      ["parse_ipv6_mask('fe80::1', 0)", '0000:0000:0000:0000:0000:0000:0000:0000'],
      ["parse_ipv6_mask('fe80::1', 200)", ''],
    ],
  },
];
