import {
  call,
  children,
  column,
  constant,
  type ColumnId,
  type Select,
  type SelectColumn,
  type SharedSelect,
  type Sql,
} from '../sql/tree.ts';
import type { Relation } from './tree.ts';

/** Functions whose answer differs from call to call. */
const RANDOM: ReadonlySet<string> = new Set(['rand', 'randCanonical', 'generateUUIDv4']);

/**
 * A table that is computed once where it is used several times: `materialize()`. Its rows become the value of a scalar
 * subquery, which the engine computes once wherever it stands; it needs no setting and is the same on every server. The
 * columns are those that any use needs, known when all uses are planned.
 */
export class Shared implements SharedSelect {
  readonly relation: Relation;
  readonly needs = new Set<ColumnId>();
  readonly #ids: { readonly list: ColumnId; readonly value: ColumnId; readonly row: ColumnId };
  #uses = 0;
  #select: Select | undefined;

  constructor(relation: Relation, newColumn: () => ColumnId) {
    this.relation = relation;
    this.#ids = { list: newColumn(), value: newColumn(), row: newColumn() };
  }

  get select(): Select | undefined {
    return this.#select;
  }

  /** One more place that reads these columns. */
  use(columns: readonly ColumnId[]): void {
    this.#uses += 1;
    for (const id of columns) this.needs.add(id);
  }

  /** Fixes what is written at each use. */
  settle(plan: (relation: Relation, needed: ReadonlySet<ColumnId>) => Select): void {
    const inner = plan(this.relation, this.needs);
    if (this.#uses < 2) {
      this.#select = inner;
      return;
    }
    const { list, value, row } = this.#ids;
    const ids = [...this.needs];
    const nothing = { from: undefined, unnest: undefined, where: [], groupBy: undefined, order: [], limit: undefined };
    const rows: Select = {
      ...nothing,
      from: { kind: 'select', select: inner },
      columns: [
        { id: list, value: call('groupArray', call('tuple', ...(ids.length === 0 ? [constant(0)] : ids.map(column)))) },
      ],
      groupBy: [],
    };
    const held: Select = { ...nothing, columns: [{ id: value, value: { kind: 'scalarQuery', select: rows } }] };
    this.#select = {
      ...nothing,
      from: { kind: 'select', select: held },
      unnest: { keepEmpty: false, arrays: [{ id: row, value: column(value) }] },
      columns: ids.map((id, index): SelectColumn => ({
        id,
        value: call('tupleElement', column(row), constant(index + 1)),
      })),
    };
  }
}

/**
 * True for a table that is worth holding: one that is grouped or cut to some rows, so small beside what it is made of, or
 * random, so not the same when it is computed again. A table that is only filtered is rather read again for what each use
 * needs of it.
 */
export function isWorthSharing(relation: Relation): boolean {
  switch (relation.kind) {
    case 'aggregate':
    case 'limit':
    case 'gather':
      return true;
    case 'filter':
      return isRandom(relation.condition) || isWorthSharing(relation.input);
    case 'compute':
      return relation.columns.some((entry) => isRandom(entry.value)) || isWorthSharing(relation.input);
    case 'unnest':
      return relation.arrays.some((entry) => isRandom(entry.value)) || isWorthSharing(relation.input);
    case 'union':
      return relation.inputs.some((input) => input.values.some(isRandom) || isWorthSharing(input.relation));
    case 'join':
      return isWorthSharing(relation.left) || isWorthSharing(relation.right);
    case 'scan':
    case 'rows':
    case 'numbers':
    case 'single':
    case 'shared':
      return false;
  }
}

function isRandom(value: Sql): boolean {
  return (value.kind === 'call' && RANDOM.has(value.name)) || children(value).some(isRandom);
}
