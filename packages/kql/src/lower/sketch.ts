import {
  at,
  bind,
  choose,
  equal,
  less,
  lessOrEqual,
  mapped,
  over,
  part,
  real,
  size,
  slice,
  summed,
  times,
  tuple,
  kept,
} from '../sql/arrays.ts';
import { call, constant, lambda, NULL, type Sql } from '../sql/tree.ts';
import { convert } from './convert.ts';
import { datetimeToTicks, value, type Value } from './value.ts';

/**
 * Summaries of many values that can be merged, as JSON of our own, so that they are read safely whoever wrote them:
 *
 * - a digest, `["tdigest", type, [values], [weights]]`: the values in order, each with how often it was there. Exact up to
 *   `DIGEST_SIZE` different values; beyond, neighbours become one, fewer of them towards both ends.
 * - distinct values, `["hll", size, [hashes]]`: the smallest hashes. Exact below the size; beyond, the largest of them says how
 *   dense they lie.
 */
const DIGEST_SIZE = 2000;
const SKETCH_SIZES = [1024, 4096, 8192, 16_384, 32_768];

/** Hashes that are kept at an accuracy of 0 to 4. */
export const sketchSize = (accuracy: unknown): number | undefined =>
  accuracy === undefined ? SKETCH_SIZES[1] : SKETCH_SIZES[Number(accuracy)];

const raw = (source: Value, index: number): Sql =>
  source.path === undefined
    ? call('JSONExtractArrayRaw', source.sql, constant(index))
    : call('JSONExtractArrayRaw', source.path.root, ...source.path.steps, constant(index));
const textAt = (source: Value, index: number): Sql =>
  source.path === undefined
    ? call('JSONExtractString', source.sql, constant(index))
    : call('JSONExtractString', source.path.root, ...source.path.steps, constant(index));

export const isDigest = (source: Value): Sql => equal(textAt(source, 1), constant('tdigest'));
export const isSketch = (source: Value): Sql => equal(textAt(source, 1), constant('hll'));
export const digestType = (source: Value): Sql => textAt(source, 2);

/** A value as it stands in a digest: moments and spans by their ticks. */
export function digestNumber(source: Value): Value {
  if (source.type === 'datetime') return value(datetimeToTicks(source.sql), 'long', source.nullable);
  if (source.type === 'timespan') return value(source.sql, 'long', source.nullable);
  if (source.type === 'long' || source.type === 'real') return source;
  return convert(source, source.type === 'int' || source.type === 'bool' ? 'long' : 'real') ?? source;
}

/** The pairs of a digest: value as text, weight. */
export const digestPairs = (source: Value): Sql =>
  call(
    'arrayZip',
    raw(source, 3),
    call(
      'arrayResize',
      mapped((item) => call('toInt64OrZero', item), raw(source, 4)),
      call('length', raw(source, 3)),
      call('toInt64', constant(1)),
    ),
  );

/** Pairs of texts and weights as a digest: in order, and not more of them than one keeps. */
export function digestJson(pairs: Sql, type: Sql): Sql {
  const sorted = call(
    'arraySort',
    lambda((pair) => call('toFloat64OrZero', part(pair, 1))),
    pairs,
  );
  // Where a value falls among the ones that are kept: by the angle of its rank, so that both ends are kept apart.
  const compact = (list: Sql): Sql =>
    bind(
      [
        summed((pair) => part(pair, 2), list),
        call(
          'arrayCumSum',
          mapped((pair) => part(pair, 2), list),
        ),
      ],
      (total, running) =>
        bind(
          [
            mapped(
              (sum) =>
                call(
                  'floor',
                  times(
                    call(
                      'asin',
                      call(
                        'least',
                        call('greatest', call('minus', over(times(2, sum), total), constant(1)), constant(-1)),
                        constant(1),
                      ),
                    ),
                    constant(DIGEST_SIZE / Math.PI),
                  ),
                ),
              running,
            ),
          ],
          (places) =>
            bind(
              [
                kept(
                  (_sum, place, next) => call('notEquals', place, next),
                  running,
                  places,
                  call('arrayPushBack', call('arrayPopFront', places), real(1e9)),
                ),
                kept(
                  (_pair, place, next) => call('notEquals', place, next),
                  list,
                  places,
                  call('arrayPushBack', call('arrayPopFront', places), real(1e9)),
                ),
              ],
              (sums, ends) =>
                mapped(
                  (pair, weight) => tuple(part(pair, 1), weight),
                  ends,
                  call(
                    'arrayPopFront',
                    call('arrayDifference', call('arrayPushFront', sums, call('toInt64', constant(0)))),
                  ),
                ),
            ),
        ),
    );
  return bind([sorted], (list) =>
    bind([choose(less(size(list), DIGEST_SIZE + 1), list, compact(list))], (small) =>
      call(
        'concat',
        constant('["tdigest","'),
        type,
        constant('",['),
        call(
          'arrayStringConcat',
          mapped((pair) => part(pair, 1), small),
          constant(','),
        ),
        constant('],['),
        call(
          'arrayStringConcat',
          mapped((pair) => call('toString', part(pair, 2)), small),
          constant(','),
        ),
        constant(']]'),
      ),
    ),
  );
}

/** The text of the value at a percentile by nearest rank; empty where the digest has none. */
export function digestPercentile(source: Value, percent: Sql): Sql {
  return bind([digestPairs(source)], (pairs) =>
    bind(
      [
        call(
          'arrayCumSum',
          mapped((pair) => part(pair, 2), pairs),
        ),
      ],
      (running) =>
        choose(
          call('empty', running),
          constant(''),
          part(
            at(
              pairs,
              call(
                'greatest',
                call(
                  'arrayFirstIndex',
                  lambda((sum) =>
                    lessOrEqual(
                      call('ceil', call('minus', over(times(percent, at(running, -1)), 100), constant(1e-9))),
                      sum,
                    ),
                  ),
                  running,
                ),
                constant(1),
              ),
            ),
            1,
          ),
        ),
    ),
  );
}

/** How many of the values are not larger, and how many there are. */
export function digestRank(source: Value, wanted: Value): Sql {
  return bind([digestPairs(source), call('toFloat64', digestNumber(wanted).sql)], (pairs, limit) =>
    tuple(
      real(
        summed(
          (pair) =>
            choose(
              lessOrEqual(call('toFloat64OrZero', part(pair, 1)), limit),
              part(pair, 2),
              call('toInt64', constant(0)),
            ),
          pairs,
        ),
      ),
      real(summed((pair) => part(pair, 2), pairs)),
    ),
  );
}

/** The hash by which distinct values are told apart, whatever their type. */
export const hashOf = (source: Value): Sql =>
  call('sipHash64', source.type === 'string' ? source.sql : (convert(source, 'string')?.sql ?? source.sql));

export const sketchHashes = (source: Value): Sql =>
  mapped((item) => call('toUInt64OrZero', call('trimBoth', item, constant('"'))), raw(source, 3));
export const sketchLimit = (source: Value): Sql =>
  call(
    'toInt64',
    source.path === undefined
      ? call('JSONExtractInt', source.sql, constant(2))
      : call('JSONExtractInt', source.path.root, ...source.path.steps, constant(2)),
  );

/** Hashes as a sketch: the smallest of them, each once. */
export const sketchJson = (hashes: Sql, limit: Sql): Sql =>
  bind([limit], (most) =>
    call(
      'concat',
      constant('["hll",'),
      call('toString', most),
      constant(',['),
      call(
        'arrayStringConcat',
        mapped(
          (hash) => call('concat', constant('"'), call('toString', hash), constant('"')),
          slice(call('arraySort', call('arrayDistinct', hashes)), 1, most),
        ),
        constant(','),
      ),
      constant(']]'),
    ),
  );

/** Number of distinct values: counted below the size, estimated by the density of the hashes from there on. */
export const sketchCount = (source: Value): Sql =>
  choose(
    isSketch(source),
    bind([sketchHashes(source), sketchLimit(source)], (hashes, limit) =>
      call(
        'toNullable',
        choose(
          less(size(hashes), limit),
          size(hashes),
          call(
            'toInt64',
            call(
              'round',
              over(
                times(call('minus', real(size(hashes)), constant(1)), constant(2 ** 64)),
                call('greatest', real(call('arrayMax', hashes)), constant(1)),
              ),
            ),
          ),
        ),
      ),
    ),
    NULL,
  );
