import { fold } from '../lower/fold.ts';
import { call, cast, constant, lambda, literal, mapColumns, once, type ColumnId, type Sql } from '../sql/tree.ts';

/** A column of a held record that some expression reads. */
export interface Field {
  /** Stands for it in the expressions. */
  readonly id: ColumnId;
  /** The step that holds the record. */
  readonly step: number;
  readonly type: string;
  /** Its value while the step holds none. */
  readonly empty: Sql;
  /** What it is of a record: one of the values that steps assign, or a column of the row. */
  readonly source: { readonly extra: number } | { readonly own: ColumnId };
}

export interface Step {
  readonly output: 'all' | 'last' | 'none';
  readonly condition: Sql;
  /** What a record of this step has for each of the assigned columns. */
  readonly values: readonly Sql[];
}

export interface Machine {
  readonly steps: readonly Step[];
  readonly fields: readonly Field[];
  /** Engine's types of the assigned columns. */
  readonly types: readonly string[];
  /** Columns of the row that the expressions read. */
  readonly read: readonly ColumnId[];
}

/** How a row matched a step. */
const [NOT, BEGAN, AGAIN] = [0, 1, 2];

export const part = (tuple: Sql, index: number): Sql => call('tupleElement', tuple, constant(index));
const tuple = (...values: readonly Sql[]): Sql => call('tuple', ...values);
const choose = (condition: Sql, yes: Sql, no: Sql): Sql => call('if', condition, yes, no);
const isSet = (flag: Sql): Sql => call('notEquals', flag, constant(0));

/**
 * The walk: for each row an array element with a tuple for each step, (how it matched, match id, assigned values…). The
 * state is the number of matches so far and, for each step, (active, match id, the fields of its record and of those before).
 */
export function walk(machine: Machine, rows: Sql): Sql {
  const { steps, fields, types } = machine;
  const ofStep = steps.map((_, step) => fields.filter((field) => field.step <= step));
  const stateTypes = ofStep.map(
    (held) => `Tuple(${['UInt8', 'Int64', ...held.map((field) => field.type)].join(', ')})`,
  );
  const empties = ofStep.map((held, step) =>
    cast(tuple(constant(0), constant(0), ...held.map((field) => field.empty)), stateTypes[step] ?? ''),
  );
  const state = `Tuple(${['Int64', ...stateTypes].join(', ')})`;
  const record = `Tuple(${['UInt8', 'Int64', ...types].join(', ')})`;
  const result = `Tuple(${steps.map(() => record).join(', ')})`;
  const heldAt = (holder: Sql, step: number, field: Field): Sql =>
    part(holder, (ofStep[step]?.indexOf(field) ?? 0) + 3);

  const found = fold(
    rows,
    { initial: cast(tuple(literal('Int64', 0n), ...empties), state), state, result },
    (before, row) => {
      const own = (id: ColumnId): Sql => part(row, machine.read.indexOf(id) + 1);
      const inView = (sql: Sql, view: (field: Field) => Sql): Sql =>
        mapColumns(sql, (id) => {
          const field = fields.find((entry) => entry.id === id);
          return field === undefined ? own(id) : view(field);
        });
      const counter = part(before, 1);

      /** From the last step to the first. `taken`: the step after this one has taken over its sequence. */
      const go = (step: number, taken: Sql | undefined, later: readonly Sql[]): Sql => {
        const current = steps[step];
        if (current === undefined) {
          const [first] = later;
          const began = first === undefined ? constant(0) : call('equals', part(part(first, 2), 1), constant(BEGAN));
          const next = tuple(call('plus', counter, call('toInt64', began)), ...later.map((entry) => part(entry, 1)));
          return tuple(cast(next, state), cast(tuple(...later.map((entry) => part(entry, 2))), result));
        }
        const type = stateTypes[step] ?? '';
        const stored = part(before, step + 2);
        const held = taken === undefined ? stored : choose(taken, empties[step] ?? stored, stored);
        const earlier = step === 0 ? undefined : part(before, step + 1);
        return once([held], (mine) => {
          const fromEarlier = (field: Field): Sql =>
            earlier === undefined || field.step >= step ? field.empty : heldAt(earlier, step - 1, field);
          const fromMine = (field: Field): Sql => (field.step > step ? field.empty : heldAt(mine, step, field));
          const begins =
            earlier === undefined
              ? constant(0)
              : call('and', isSet(part(earlier, 1)), inView(current.condition, fromEarlier));
          const repeats = inView(current.condition, fromMine);
          const again = earlier === undefined ? repeats : call('and', isSet(part(mine, 1)), repeats);
          return once([begins, again], (begun, repeated) => {
            const view = (field: Field): Sql =>
              earlier === undefined ? fromMine(field) : choose(begun, fromEarlier(field), fromMine(field));
            const values = cast(
              tuple(constant(0), ...current.values.map((value) => inView(value, view))),
              `Tuple(${['UInt8', ...types].join(', ')})`,
            );
            return once([values], (assigned) => {
              const matched = call('or', begun, repeated);
              const match =
                earlier === undefined
                  ? choose(isSet(part(mine, 1)), part(mine, 2), counter)
                  : choose(begun, part(earlier, 2), part(mine, 2));
              const kept = (ofStep[step] ?? []).map((field) => {
                if (field.step < step) return view(field);
                return 'own' in field.source ? own(field.source.own) : part(assigned, field.source.extra + 2);
              });
              const next = choose(matched, cast(tuple(constant(1), match, ...kept), type), mine);
              const how =
                earlier === undefined
                  ? choose(repeated, choose(isSet(part(mine, 1)), constant(AGAIN), constant(BEGAN)), constant(NOT))
                  : call('multiIf', begun, constant(BEGAN), repeated, constant(AGAIN), constant(NOT));
              const out = tuple(how, match, ...types.map((_, index) => part(assigned, index + 2)));
              return once([tuple(next, cast(out, record))], (entry) =>
                go(step - 1, earlier === undefined ? undefined : begun, [entry, ...later]),
              );
            });
          });
        });
      };
      return go(steps.length - 1, undefined, []);
    },
  );
  return steps.some((step) => step.output === 'last') ? once([found], (all) => lastOnly(all, steps)) : found;
}

/** Of a series of repeated matches of a step with `output=last` only the last stays: none after it repeats. */
function lastOnly(results: Sql, steps: readonly Step[]): Sql {
  const following = steps.flatMap((step, index): Sql[] => {
    if (step.output !== 'last') return [];
    const hows = call(
      'arrayMap',
      lambda((row) => part(part(row, index + 1), 1)),
      results,
    );
    const later = call('arrayPopBack', call('arrayPushFront', call('arrayReverse', hows), constant(NOT)));
    return [
      call(
        'arrayReverse',
        call(
          'arrayFill',
          lambda((how) => isSet(how)),
          later,
        ),
      ),
    ];
  });
  const zipped = call('arrayZip', results, ...following);
  let position = 1;
  const positions = steps.map((step) => (step.output === 'last' ? (position += 1) : 0));
  return call(
    'arrayMap',
    lambda((pair) =>
      tuple(
        ...steps.map((step, index) => {
          const entry = part(part(pair, 1), index + 1);
          if (step.output !== 'last') return entry;
          const isOver = call('equals', part(pair, positions[index] ?? 1), constant(AGAIN));
          const values = Array.from({ length: step.values.length + 1 }, (_, value) => part(entry, value + 2));
          return tuple(choose(isOver, constant(NOT), part(entry, 1)), ...values);
        }),
      ),
    ),
    zipped,
  );
}
