import { call, cast, constant, lambda, once, type Sql } from '../sql/tree.ts';

/** Rows that one walk can go over: each costs some 20 microseconds. */
export const LONGEST_WALK = 200_000;
/** The walk goes in pieces, because a list that grows is copied at every step. */
const PIECE = 100;

const part = (tuple: Sql, index: number): Sql => call('tupleElement', tuple, constant(index));

export interface Fold {
  readonly initial: Sql;
  /** Engine's types of the state and of what is found for a row. */
  readonly state: string;
  readonly result: string;
}

/**
 * What a walk over an array finds at each element, as an array as long: the state goes from element to element. A step
 * gives the pair (state after it, what is found). A group of more than `LONGEST_WALK` rows stops the query.
 */
export function fold(rows: Sql, types: Fold, step: (state: Sql, row: Sql) => Sql): Sql {
  const list = `Array(${types.result})`;
  const whole = `Tuple(${list}, ${types.state})`;
  const nothing = cast(call('array'), list);
  const start = (state: Sql): Sql => cast(call('tuple', nothing, state), whole);
  const pieces = call(
    'arraySplit',
    lambda((_row, index) => call('equals', call('modulo', index, constant(PIECE)), constant(1))),
    rows,
    call('arrayEnumerate', rows),
  );
  const one = lambda((done, row) =>
    once([step(part(done, 2), row)], (pair) =>
      cast(
        call('tuple', call('arrayPushBack', part(done, 1), cast(part(pair, 2), types.result)), part(pair, 1)),
        whole,
      ),
    ),
  );
  const piece = lambda((done, elements) =>
    once([call('arrayFold', one, elements, start(part(done, 2)))], (inner) =>
      cast(call('tuple', call('arrayConcat', part(done, 1), part(inner, 1)), part(inner, 2)), whole),
    ),
  );
  const found = part(call('arrayFold', piece, pieces, start(types.initial)), 1);
  const tooLong = call(
    'throwIf',
    call('greater', call('length', rows), constant(LONGEST_WALK)),
    constant(`More than ${LONGEST_WALK} rows in one walk (scan, row_window_session): partition them`),
  );
  // Zero where it does not throw: nothing is left out.
  return call('arraySlice', found, call('plus', constant(1), tooLong));
}
