import { value, type Value } from '../lower/value.ts';
import { call, constant, lambda, literal, NULL, type Sql } from '../sql/tree.ts';
import { elementsOf } from './dynamic.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

/** An address with an optional prefix; parts are the address and the bits. */
const SPLIT = '^\\s*([0-9.]+)(?:/(\\d{1,2}))?\\s*$';
const SPLIT6 = '^\\s*([0-9a-fA-F:.]+)(?:/(\\d{1,3}))?\\s*$';

const piece = (text: Sql, index: number): Sql => call('regexpExtract', text, literal('String', SPLIT), constant(index));
/** The address as a number; null where the text is none. */
const address = (text: Sql): Sql => call('IPv4StringToNumOrNull', piece(text, 1));
/** Bits of the prefix: 32 where none is written, null beyond 32. */
const bits = (text: Sql): Sql => {
  const written = piece(text, 2);
  return call('if', call('empty', written), constant(32), call('toUInt8OrNull', written));
};
const masked = (number: Sql, size: Sql): Sql =>
  call(
    'bitAnd',
    call('toUInt64', number),
    call(
      'bitAnd',
      call('bitShiftLeft', literal('UInt64', 4294967295), call('minus', constant(32), size)),
      literal('UInt64', 4294967295),
    ),
  );

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

const inRange = (text: Sql, range: Sql): Sql => {
  const size = call('least', bits(text), bits(range));
  const inside = call('equals', masked(address(text), size), masked(address(range), bits(range)));
  const narrower = call('greaterOrEquals', bits(text), bits(range));
  return call('and', narrower, inside);
};

const inAny = (of: ScalarCall, test: (text: Sql, range: Sql) => Sql): Sql | Value => {
  const ranges = of.args.slice(1);
  const one = (range: Value): Sql =>
    range.type === 'dynamic'
      ? call(
          'arrayExists',
          lambda((item) => call('ifNull', test(of.sql(0), call('JSONExtract', item, constant('String'))), constant(0))),
          elementsOf(range),
        )
      : call('ifNull', test(of.sql(0), range.sql), constant(0));
  const [first, ...rest] = ranges.map(one);
  if (first === undefined) return of.refuse('GHQ021', 'At least one range is needed.');
  return call('if', call('isNull', address(of.sql(0))), NULL, rest.length === 0 ? first : call('or', first, ...rest));
};

function compare(of: ScalarCall): Sql {
  const size = call('least', bits(of.sql(0)), bits(of.sql(1)), of.count > 2 ? of.sql(2) : constant(32));
  const [left, right] = [masked(address(of.sql(0)), size), masked(address(of.sql(1)), size)];
  return call(
    'toInt64',
    call('minus', call('toInt8', call('greater', left, right)), call('toInt8', call('less', left, right))),
  );
}

const v6 = (text: Sql, index: number): Sql => call('regexpExtract', text, literal('String', SPLIT6), constant(index));
/** IPv4 addresses are taken as ::ffff:a.b.c.d, as Kusto takes them. */
const address6 = (text: Sql): Sql => call('toIPv6OrNull', v6(text, 1));
const bits6 = (text: Sql): Sql => {
  const written = v6(text, 2);
  const number = call('toUInt8OrNull', written);
  const isV4 = call('not', call('greater', call('position', text, constant(':')), constant(0)));
  return call(
    'if',
    call('empty', written),
    constant(128),
    call('if', isV4, call('plus', number, constant(96)), number),
  );
};
const inRange6 = (text: Sql, range: Sql): Sql => {
  const network = (of: Sql, size: Sql): Sql =>
    call(
      'tupleElement',
      call('IPv6CIDRToRange', call('assumeNotNull', address6(of)), call('toUInt8', call('ifNull', size, constant(0)))),
      constant(1),
    );
  const size = bits6(range);
  const valid = call(
    'and',
    call('isNotNull', address6(text)),
    call('isNotNull', address6(range)),
    call('isNotNull', size),
  );
  return call('if', valid, call('equals', network(text, size), network(range, size)), NULL);
};

/** Addresses. Source: KQL documentation, "ipv4_is_private()" and its neighbours. */
export const NETWORK_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'ipv4_is_private',
    summary: 'True for an address of RFC 1918; null where the text is none.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => call('or', ...PRIVATE.map((range) => inRange(of.sql(0), literal('String', range)))),
    examples: [
      ["ipv4_is_private('192.168.1.1/24')", true],
      ["ipv4_is_private('10.1.2.3')", true],
      ["ipv4_is_private('202.1.2.3')", false],
      ["ipv4_is_private('127.0.0.1')", false],
      ["ipv4_is_private('nonsense')", null],
    ],
  },
  {
    name: 'ipv4_is_in_range',
    summary: 'True when an address is in a range.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => inRange(of.sql(0), of.sql(1)),
    examples: [
      ["ipv4_is_in_range('127.0.0.1', '127.0.0.1')", true],
      ["ipv4_is_in_range('192.168.1.6', '192.168.1.1/24')", true],
      ["ipv4_is_in_range('192.168.1.1', '192.168.2.1/24')", false],
      ["ipv4_is_in_range('x', '192.168.2.1/24')", null],
    ],
  },
  {
    name: 'ipv4_is_in_any_range',
    summary: 'True when an address is in one of the ranges.',
    takes: ['string', 'any'],
    nulls: 'may',
    lower: (of) => inAny(of, inRange),
    examples: [
      ["ipv4_is_in_any_range('192.168.1.6', '10.0.0.0/8', '192.168.1.1/24')", true],
      ["ipv4_is_in_any_range('192.168.1.6', dynamic(['10.0.0.0/8']))", false],
    ],
  },
  {
    name: 'ipv4_is_match',
    summary: 'True when two addresses agree under their shorter prefix.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    lower: (of) => call('equals', compare(of), constant(0)),
    examples: [
      ["ipv4_is_match('192.168.1.1/24', '192.168.1.255/24')", true],
      ["ipv4_is_match('192.168.1.1', '192.168.1.255')", false],
    ],
  },
  {
    name: 'ipv4_compare',
    summary: '-1, 0 or 1: how two addresses compare.',
    takes: ['string', 'string', 'long'],
    nulls: 'may',
    lower: compare,
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
    lower: (of) => call('toInt64', masked(address(of.sql(0)), bits(of.sql(0)))),
    examples: [
      ["parse_ipv4('127.0.0.1')", 2130706433],
      ["parse_ipv4('192.1.168.2/24')", 3221334016],
      ["parse_ipv4('x')", null],
    ],
  },
  {
    name: 'format_ipv4',
    summary: 'An address as text, under a prefix.',
    takes: ['string', 'long'],
    nulls: 'never',
    lower: (of) =>
      call(
        'ifNull',
        call(
          'IPv4NumToString',
          call('toUInt32', masked(address(of.sql(0)), of.count > 1 ? of.sql(1) : bits(of.sql(0)))),
        ),
        constant(''),
      ),
    examples: [["format_ipv4('192.168.1.255', 24)", '192.168.1.0']],
  },
  {
    name: 'ipv4_netmask_suffix',
    summary: 'Bits of the prefix.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => call('toInt64', bits(of.sql(0))),
    examples: [
      ["ipv4_netmask_suffix('10.1.2.3')", 32],
      ["ipv4_netmask_suffix('192.168.1.1/24')", 24],
    ],
  },
  {
    name: 'ipv6_is_in_range',
    summary: 'True when an IPv6 or IPv4 address is in a range.',
    takes: ['string'],
    nulls: 'may',
    lower: (of) => inRange6(of.sql(0), of.sql(1)),
    examples: [
      [
        "ipv6_is_in_range('a5e:f127:8a9d:146d:e102:b5d3:c755:abcd', 'a5e:f127:8a9d:146d:e102:b5d3:c755:0000/112')",
        true,
      ],
      ["ipv6_is_in_range('192.168.1.6', '192.168.1.1/24')", true],
    ],
  },
  {
    name: 'ipv6_is_in_any_range',
    summary: 'True when an address is in one of the ranges.',
    takes: ['string', 'any'],
    nulls: 'may',
    lower: (of) => inAny6(of),
    examples: [["ipv6_is_in_any_range('a5e:f127::1', dynamic(['a5e:f127::/64', '0:0::/64']))", true]],
  },
  {
    name: 'has_ipv4',
    summary: 'True when the text has the address, with no digit or dot beside it.',
    takes: ['string', 'string'],
    nulls: 'never',
    lower: (of) => hasAddress(of, false),
    examples: [
      ["has_ipv4('05:04:54 127.0.0.1 GET', '127.0.0.1')", true],
      ["has_ipv4('05:04:54 127.0.0.11 GET', '127.0.0.1')", false],
    ],
  },
  {
    name: 'has_ipv4_prefix',
    summary: 'True when the text has an address that begins so.',
    takes: ['string', 'string'],
    nulls: 'never',
    lower: (of) => hasAddress(of, true),
    examples: [
      ["has_ipv4_prefix('05:04:54 127.0.0.1 GET', '127.0.')", true],
      ["has_ipv4_prefix('05:04:54 127.0.0.1 GET', '192.')", false],
    ],
  },
];

function inAny6(of: ScalarCall): Sql | Value {
  const test = inAny(of, inRange6);
  return 'sql' in test
    ? test
    : value(
        call('if', call('isNull', address6(of.sql(0))), NULL, call('or', ...ranges6(of), constant(0))),
        'bool',
        true,
      );
}

function ranges6(of: ScalarCall): readonly Sql[] {
  return of.args.slice(1).map((range) =>
    range.type === 'dynamic'
      ? call(
          'arrayExists',
          lambda((item) =>
            call('ifNull', inRange6(of.sql(0), call('JSONExtract', item, constant('String'))), constant(0)),
          ),
          elementsOf(range),
        )
      : call('ifNull', inRange6(of.sql(0), range.sql), constant(0)),
  );
}

/** The whole address in the text must be one (no part above 255), with no digit or dot beside it. */
function hasAddress(of: ScalarCall, isPrefix: boolean): Sql {
  const [text, wanted] = [of.sql(0), of.sql(1)];
  const rest = constant(isPrefix ? '[0-9.]*' : '');
  const pattern = call(
    'concat',
    constant('(?:^|[^0-9.])('),
    call('regexpQuoteMeta', wanted),
    rest,
    constant(')(?:$|[^0-9.])'),
  );
  const found = call(
    'arrayExists',
    lambda((match) => call('isNotNull', call('IPv4StringToNumOrNull', match))),
    call('extractAll', text, pattern),
  );
  return call('and', call('greater', call('position', text, wanted), constant(0)), found);
}
