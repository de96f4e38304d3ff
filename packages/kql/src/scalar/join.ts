import type { Value } from '../lower/value.ts';
import { call, constant, lambda, once, type Sql } from '../sql/tree.ts';

/** Stands for a delimiter that differs from row to row, where the engine wants a constant one. No text has it. */
const MARK = '\u001f\u001e\u001f';

/** The parts of a text between delimiters. */
export function splitBy(text: Sql, delimiter: Value): Sql {
  return delimiter.constant === undefined
    ? splitByAny(text, delimiter.sql)
    : call('splitByString', delimiter.sql, text);
}

/** The same where the delimiter may be any expression. */
export function splitByAny(text: Sql, delimiter: Sql): Sql {
  return call('splitByString', constant(MARK), call('replaceAll', text, delimiter, constant(MARK)));
}

/** Texts with a delimiter between. */
export function joinWith(list: Sql, delimiter: Value): Sql {
  if (delimiter.constant !== undefined) return call('arrayStringConcat', list, delimiter.sql);
  return once([list, delimiter.sql], (texts, between) =>
    call(
      'substring',
      call(
        'replaceAll',
        call(
          'concat',
          constant(''),
          call(
            'arrayStringConcat',
            call(
              'arrayMap',
              lambda((text) => call('concat', constant(MARK), text)),
              texts,
            ),
          ),
        ),
        constant(MARK),
        between,
      ),
      call('if', call('empty', texts), constant(1), call('plus', call('length', between), constant(1))),
    ),
  );
}
