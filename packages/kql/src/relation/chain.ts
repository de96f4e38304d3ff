import { column, type SelectColumn, type SortKey, type Sql } from '../sql/tree.ts';
import type { Relation } from './tree.ts';

/** Builds a relation step by step; every step gives the columns it made. */
export class Chain {
  readonly #newColumn: () => number;
  #relation: Relation;

  constructor(relation: Relation, newColumn: () => number) {
    this.#relation = relation;
    this.#newColumn = newColumn;
  }

  get relation(): Relation {
    return this.#relation;
  }

  compute(...values: readonly Sql[]): Sql[] {
    if (values.length === 0) return [];
    const columns = this.#columns(values);
    this.#relation = { kind: 'compute', input: this.#relation, columns };
    return columns.map((entry) => column(entry.id));
  }

  /** One column. */
  add(value: Sql): Sql {
    const id = this.#newColumn();
    this.#relation = { kind: 'compute', input: this.#relation, columns: [{ id, value }] };
    return column(id);
  }

  filter(condition: Sql): void {
    this.#relation = { kind: 'filter', input: this.#relation, condition };
  }

  aggregate<const Values extends readonly Sql[]>(
    keys: readonly Sql[],
    values: Values,
  ): { readonly keys: Sql[]; readonly values: { -readonly [Index in keyof Values]: Sql } } {
    const [groups, amounts] = [this.#columns(keys), this.#columns(values)];
    this.#relation = { kind: 'aggregate', input: this.#relation, keys: groups, values: amounts };
    return {
      keys: groups.map((entry) => column(entry.id)),
      values: amounts.map((entry) => column(entry.id)) as { -readonly [Index in keyof Values]: Sql },
    };
  }

  /** One row for each element of the arrays, in step. */
  unnest<const Arrays extends readonly Sql[]>(...arrays: Arrays): { -readonly [Index in keyof Arrays]: Sql } {
    const columns = this.#columns(arrays);
    this.#relation = { kind: 'unnest', input: this.#relation, arrays: columns, keepEmpty: false };
    return columns.map((entry) => column(entry.id)) as { -readonly [Index in keyof Arrays]: Sql };
  }

  limit(count: Sql, order: readonly SortKey[]): void {
    this.#relation = { kind: 'limit', input: this.#relation, order, count };
  }

  #columns(values: readonly Sql[]): SelectColumn[] {
    return values.map((value) => ({ id: this.#newColumn(), value }));
  }
}
