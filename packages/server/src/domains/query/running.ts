import { QueryError } from './errors.ts';

/** Queries under way that their caller gave an id, so that it can stop them. An id belongs to its caller alone. */
export class RunningQueries {
  readonly #queries = new Map<string, AbortController>();

  /** Registers a query; `done` takes it out again. Throws `QUERY_ID_TAKEN` while the caller's id is in use. */
  add(owner: string, id: string, controller: AbortController): { readonly done: () => void } {
    const key = `${owner} ${id}`;
    if (this.#queries.has(key))
      throw new QueryError('QUERY_ID_TAKEN', { details: [{ field: 'X-Query-Id', reason: 'is in use' }] });
    this.#queries.set(key, controller);
    return { done: () => this.#queries.delete(key) };
  }

  /** Stops the caller's query. Throws `QUERY_UNKNOWN` when none of this id runs, also when another caller's does. */
  cancel(owner: string, id: string): void {
    const controller = this.#queries.get(`${owner} ${id}`);
    if (controller === undefined) throw new QueryError('QUERY_UNKNOWN');
    controller.abort();
  }
}
