import { call, constant, NULL } from '../sql/tree.ts';
import type { Example, ScalarFunction } from './types.ts';

const bits = (name: string, engine: string, summary: string, examples: readonly Example[]): ScalarFunction => ({
  name,
  summary,
  takes: ['long'],
  nulls: 'propagate',
  lower: (of) => call('toInt64', call(engine, ...of.args.map((arg) => arg.sql))),
  examples,
});

/** Bits moved by a number of places modulo 64; null for a number below zero. */
const shift = (name: string, engine: string, summary: string, examples: readonly Example[]): ScalarFunction => ({
  name,
  summary,
  takes: ['long'],
  nulls: 'may',
  lower: (of) =>
    call(
      'if',
      call('less', of.sql(1), constant(0)),
      NULL,
      call('toInt64', call(engine, of.sql(0), call('bitAnd', of.sql(1), constant(63)))),
    ),
  examples,
});

/** Bits of whole numbers. */
export const BIT_FUNCTIONS: readonly ScalarFunction[] = [
  bits('binary_and', 'bitAnd', 'Bits that both have.', [['binary_and(12, 10)', 8]]),
  bits('binary_or', 'bitOr', 'Bits that either has.', [['binary_or(12, 10)', 14]]),
  bits('binary_xor', 'bitXor', 'Bits that one of them has.', [['binary_xor(12, 10)', 6]]),
  bits('binary_not', 'bitNot', 'The other bits.', [['binary_not(100)', -101]]),
  shift('binary_shift_left', 'bitShiftLeft', 'Bits moved left.', [
    ['binary_shift_left(1, 2)', 4],
    ['binary_shift_left(1, 65)', 2],
    ['binary_shift_left(1, -1)', null],
  ]),
  shift('binary_shift_right', 'bitShiftRight', 'Bits moved right.', [
    ['binary_shift_right(4, 1)', 2],
    ['binary_shift_right(-8, 1)', -4],
  ]),
  bits('bitset_count_ones', 'bitCount', 'Number of bits that are set.', [['bitset_count_ones(42)', 3]]),
];
