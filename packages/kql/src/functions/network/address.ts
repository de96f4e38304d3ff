import { call, cast, constant, lambda, literal, NULL, type Sql } from '../../sql/tree.ts';
import type { Value } from '../../lower/value.ts';
import { elementsOf } from '../dynamic.ts';
import type { ScalarCall } from '../types.ts';

/** How one family of addresses is read and masked. `number` and `bits` are null where the text is no address. */
export interface Family {
  readonly width: 32 | 128;
  /** The address as a number of the width. */
  readonly number: (text: Sql) => Sql;
  /** Bits of the written prefix; all where none is written. */
  readonly bits: (text: Sql) => Sql;
  /** The leading bits of a number. */
  readonly masked: (number: Sql, bits: Sql) => Sql;
}

const zero = constant(0);
const one = constant(1);

const host = (text: Sql): Sql => call('trimBoth', call('substringIndex', text, constant('/'), one));
/** The number after the slash; `whole` where there is none, null where it is more. */
const written = (text: Sql, whole: Sql): Sql => {
  const at = call('position', text, constant('/'));
  const number = call('toUInt8OrNull', call('trimBoth', call('substring', text, call('plus', at, one))));
  return call('multiIf', call('equals', at, zero), whole, call('lessOrEquals', number, whole), number, NULL);
};

export const IPV4: Family = {
  width: 32,
  number: (text) => call('IPv4StringToNumOrNull', host(text)),
  bits: (text) => written(text, constant(32)),
  masked: (number, bits) =>
    call(
      'bitAnd',
      call('toUInt64', number),
      call(
        'bitAnd',
        call('bitShiftLeft', literal('UInt64', 4_294_967_295), call('toUInt8', call('minus', constant(32), bits))),
        literal('UInt64', 4_294_967_295),
      ),
    ),
};

/** `::192.168.1.1` and plain IPv4 are ::ffff:192.168.1.1, with a prefix of 96 bits more than is written. */
const hasDots = (text: Sql): Sql => call('greater', call('position', text, constant('.')), zero);
const lastPart = (text: Sql): Sql => call('substringIndex', text, constant(':'), constant(-1));
const everyBit = (): Sql => call('bitNot', call('toUInt128', zero));

export const IPV6: Family = {
  width: 128,
  number: (text) =>
    cast(
      call(
        'if',
        hasDots(text),
        call('toIPv6OrNull', call('concat', constant('::ffff:'), lastPart(host(text)))),
        call('toIPv6OrNull', host(text)),
      ),
      'Nullable(UInt128)',
    ),
  bits: (text) =>
    call('if', hasDots(text), call('plus', written(text, constant(32)), constant(96)), written(text, constant(128))),
  masked: (number, bits) =>
    call(
      'if',
      call('equals', bits, zero),
      call('toUInt128', zero),
      call('bitAnd', number, call('bitShiftLeft', everyBit(), call('toUInt8', call('minus', constant(128), bits)))),
    ),
};

/** The smallest of several numbers, null where one is: the engine's least() leaves nulls out. */
const least = (...values: readonly Sql[]): Sql =>
  call('if', call('or', ...values.map((entry) => call('isNull', entry))), NULL, call('least', ...values));

/** A prefix as an argument: null where the family has no such bits. */
export const given = (family: Family, bits: Sql): Sql =>
  call(
    'if',
    call('and', call('greaterOrEquals', bits, zero), call('lessOrEquals', bits, constant(family.width))),
    call('toUInt8', bits),
    NULL,
  );

/** The leading bits of an address: as many as are written, or fewer where the call says so. */
export function network(family: Family, text: Sql, bits?: Sql): Sql {
  const own = family.bits(text);
  return family.masked(family.number(text), bits === undefined ? own : least(own, given(family, bits)));
}

/** -1, 0 or 1: two addresses under the shortest of their prefixes and the call's. */
export function compareAddresses(family: Family, of: ScalarCall): Sql {
  const prefixes = [family.bits(of.sql(0)), family.bits(of.sql(1))];
  const bits = least(...prefixes, ...(of.count > 2 ? [given(family, of.sql(2))] : []));
  const [left, right] = [family.masked(family.number(of.sql(0)), bits), family.masked(family.number(of.sql(1)), bits)];
  return call(
    'toInt64',
    call('minus', call('toInt8', call('greater', left, right)), call('toInt8', call('less', left, right))),
  );
}

/** Whether an address, or all of a network, is in a range; null where one of them is no address. */
export function isInRange(family: Family, text: Sql, range: Sql): Sql {
  const size = family.bits(range);
  return call(
    'and',
    call('greaterOrEquals', family.bits(text), size),
    call('equals', family.masked(family.number(text), size), family.masked(family.number(range), size)),
  );
}

/** The texts of the arguments from the second on: texts themselves, or arrays of them. True where the test holds for one. */
export function someArgument(of: ScalarCall, test: (text: Sql) => Sql): Sql {
  const tests = of.args.slice(1).map((argument: Value): Sql =>
    argument.type === 'dynamic'
      ? call(
          'arrayExists',
          lambda((item) => call('ifNull', test(call('JSONExtract', item, constant('String'))), zero)),
          elementsOf(argument),
        )
      : call('ifNull', test(argument.sql), zero),
  );
  const [first = zero, ...rest] = tests;
  return rest.length === 0 ? first : call('or', first, ...rest);
}

/** Whether an address is in one of the ranges; null where it is none. */
export function isInSomeRange(family: Family, of: ScalarCall): Sql {
  const text = of.sql(0);
  return call(
    'if',
    call('isNull', family.number(text)),
    NULL,
    someArgument(of, (range) => isInRange(family, text, range)),
  );
}
