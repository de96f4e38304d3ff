import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { ASIM_FUNCTIONS } from '@gatehouse/schema';
import type { FunctionCheck, FunctionFault, FunctionText } from '@gatehouse/kql';
import type { CompanyScope } from '../../../platform/access/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import { FunctionError, QueryError } from '../errors.ts';
import type { Library } from '../library.ts';
import { GLOBAL, type FunctionRow, type FunctionVersionRow, type LibraryTables } from '../tables.ts';
import { scopeOfShelf, type Keeper } from '../who.ts';

/** What a caller says of a function; untrusted. */
export interface FunctionDraft extends FunctionText {
  readonly description?: string | undefined;
  readonly folder?: string | undefined;
  readonly owner?: string | undefined;
}

export interface StoredFunction {
  readonly id: string;
  /** The company's number; null where it belongs to every company. */
  readonly company: number | null;
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
  readonly description: string;
  readonly folder: string;
  readonly owner: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly deletedAt: number | null;
}

export interface FunctionVersion {
  readonly version: number;
  readonly parameters: string;
  readonly body: string;
  readonly description: string;
  readonly madeBy: string;
  readonly madeAt: number;
}

export interface StoredFunctions {
  list(scope: CompanyScope, options?: { readonly deleted?: boolean }): Promise<readonly StoredFunction[]>;
  /** @throws QueryError `FUNCTION_UNKNOWN`, also for another company's. */
  get(scope: CompanyScope, id: string): Promise<StoredFunction>;
  versions(scope: CompanyScope, id: string): Promise<readonly FunctionVersion[]>;
  /** Compiles without keeping anything. */
  check(company: number, text: FunctionText): Promise<FunctionCheck>;
  /** @throws FunctionError `FUNCTION_INVALID` with every fault's place, QueryError `FUNCTION_NAME_TAKEN`, `FUNCTION_LIMIT`. */
  create(company: number, draft: FunctionDraft, keeper: Keeper): Promise<StoredFunction>;
  /** `version` is the one that the caller has seen. @throws QueryError `FUNCTION_CHANGED` where somebody was faster. */
  replace(
    scope: CompanyScope,
    id: string,
    draft: Omit<FunctionDraft, 'name'> & { readonly version: number },
    keeper: Keeper,
  ): Promise<StoredFunction>;
  /** Makes the text of an earlier version the next one; brings a deleted function back. */
  restore(scope: CompanyScope, id: string, version: number, keeper: Keeper): Promise<StoredFunction>;
  remove(scope: CompanyScope, id: string, keeper: Keeper): Promise<StoredFunction>;
}

export const FUNCTION_BOUNDS = {
  functions: 500,
  bodyLength: 50_000,
  parametersLength: 5_000,
  textLength: 4_000,
} as const;

const ASIM_NAMES: ReadonlySet<string> = new Set(ASIM_FUNCTIONS.map(({ name }) => name.toLowerCase()));

export interface FunctionDependencies {
  readonly database: Kysely<LibraryTables>;
  readonly clock: Clock;
  readonly library: Library;
  /** Compiles in the compiler's process. */
  readonly checkText: (text: FunctionText, scope: CompanyScope) => Promise<FunctionCheck>;
}

export function createStoredFunctions({ database, clock, library, checkText }: FunctionDependencies): StoredFunctions {
  const shelves = (scope: CompanyScope) => [GLOBAL, ...scope.companies];

  async function rowOf(scope: CompanyScope, id: string): Promise<FunctionRow> {
    const row = await database
      .selectFrom('query_functions')
      .selectAll()
      .where('id', '=', id)
      .where('company', 'in', shelves(scope))
      .executeTakeFirst();
    if (row === undefined) throw new QueryError('FUNCTION_UNKNOWN');
    return row;
  }

  async function changeable(scope: CompanyScope, id: string, keeper: Keeper): Promise<FunctionRow> {
    const row = await rowOf(scope, id);
    if (!keeper.mayChange(row.company)) throw new QueryError('LIBRARY_FORBIDDEN');
    return row;
  }

  async function check(company: number, text: FunctionText): Promise<FunctionCheck> {
    if (ASIM_NAMES.has(text.name.toLowerCase())) return nameTaken(text.name);
    return checkText(text, scopeOfShelf(company));
  }

  async function mustCompile(company: number, text: FunctionText): Promise<void> {
    checkLengths(text);
    const checked = await check(company, text);
    if (!checked.ok) throw new FunctionError(checked.faults);
  }

  async function checkNameFree(company: number, name: string): Promise<void> {
    const other = await database
      .selectFrom('query_functions')
      .select('id')
      .where('company', '=', company)
      .where('name_key', '=', name.toLowerCase())
      .executeTakeFirst();
    if (other !== undefined)
      throw new QueryError('FUNCTION_NAME_TAKEN', { details: [{ field: '/name', reason: 'is taken' }] });
  }

  /** Writes the next version where nobody was faster. */
  async function write(before: FunctionRow, change: Partial<FunctionRow>, keeper: Keeper): Promise<StoredFunction> {
    const nowMs = clock.now();
    const after: FunctionRow = {
      ...before,
      ...change,
      version: before.version + 1,
      updated_ms: nowMs,
      updated_by: keeper.label,
    };
    await database.transaction().execute(async (transaction) => {
      const result = await transaction
        .updateTable('query_functions')
        .set(after)
        .where('id', '=', before.id)
        .where('version', '=', before.version)
        .executeTakeFirst();
      if (Number(result.numUpdatedRows) !== 1) throw new QueryError('FUNCTION_CHANGED');
      await transaction.insertInto('query_function_versions').values(versionRow(after)).execute();
    });
    library.refresh();
    return shown(after);
  }

  return {
    async list(scope, { deleted = false } = {}) {
      const rows = await database
        .selectFrom('query_functions')
        .selectAll()
        .where('company', 'in', shelves(scope))
        .where('deleted_ms', deleted ? 'is not' : 'is', null)
        .orderBy('name')
        .orderBy('company')
        .execute();
      return rows.map(shown);
    },
    get: async (scope, id) => shown(await rowOf(scope, id)),
    async versions(scope, id) {
      await rowOf(scope, id);
      const rows = await database
        .selectFrom('query_function_versions')
        .selectAll()
        .where('function_id', '=', id)
        .orderBy('version', 'desc')
        .execute();
      return rows.map(shownVersion);
    },
    check,
    async create(company, draft, keeper) {
      await checkNameFree(company, draft.name);
      await mustCompile(company, draft);
      const { count } = await database
        .selectFrom('query_functions')
        .select((select) => select.fn.countAll().as('count'))
        .where('company', '=', company)
        .where('deleted_ms', 'is', null)
        .executeTakeFirstOrThrow();
      if (Number(count) >= FUNCTION_BOUNDS.functions) throw new QueryError('FUNCTION_LIMIT');
      const nowMs = clock.now();
      const row: FunctionRow = {
        id: uuidv7(),
        company,
        name: draft.name,
        name_key: draft.name.toLowerCase(),
        ...texts(draft, keeper.label),
        version: 1,
        created_ms: nowMs,
        updated_ms: nowMs,
        updated_by: keeper.label,
        deleted_ms: null,
      };
      await database.transaction().execute(async (transaction) => {
        await transaction.insertInto('query_functions').values(row).execute();
        await transaction.insertInto('query_function_versions').values(versionRow(row)).execute();
      });
      library.refresh();
      return shown(row);
    },
    async replace(scope, id, draft, keeper) {
      const before = await changeable(scope, id, keeper);
      if (before.deleted_ms !== null) throw new QueryError('FUNCTION_UNKNOWN');
      if (before.version !== draft.version) throw new QueryError('FUNCTION_CHANGED');
      await mustCompile(before.company, { ...draft, name: before.name });
      return await write(before, texts(draft, before.owner), keeper);
    },
    async restore(scope, id, version, keeper) {
      const before = await changeable(scope, id, keeper);
      const earlier = await database
        .selectFrom('query_function_versions')
        .selectAll()
        .where('function_id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      if (earlier === undefined) throw new QueryError('VERSION_UNKNOWN');
      if (before.deleted_ms !== null) await checkNameFree(before.company, before.name);
      const { parameters, body, description } = earlier;
      await mustCompile(before.company, { name: before.name, parameters, body });
      const living = { name_key: before.name.toLowerCase(), deleted_ms: null };
      return await write(before, { parameters, body, description, ...living }, keeper);
    },
    async remove(scope, id, keeper) {
      const before = await changeable(scope, id, keeper);
      if (before.deleted_ms !== null) throw new QueryError('FUNCTION_UNKNOWN');
      return await write(before, { deleted_ms: clock.now(), name_key: before.id }, keeper);
    },
  };
}

function checkLengths({ body, parameters }: FunctionText): void {
  const tooLong = (field: string, most: number): QueryError =>
    new QueryError('FUNCTION_INVALID', { details: [{ field, reason: `has at most ${most} characters` }] });
  if (body.length > FUNCTION_BOUNDS.bodyLength) throw tooLong('/body', FUNCTION_BOUNDS.bodyLength);
  if (parameters.length > FUNCTION_BOUNDS.parametersLength)
    throw tooLong('/parameters', FUNCTION_BOUNDS.parametersLength);
}

function nameTaken(name: string): FunctionCheck {
  const message = `'${name}' is a function that every company has: take another name.`;
  const fault: FunctionFault = {
    field: 'name',
    code: 'GHQ041',
    message,
    span: { start: 0, end: name.length },
    line: 1,
    column: 1,
    frame: `1 | ${name}\n  | ${'^'.repeat(name.length)}`,
  };
  return { ok: false, faults: [fault] };
}

function texts(draft: Omit<FunctionDraft, 'name'>, owner: string) {
  return {
    parameters: draft.parameters.trim(),
    body: draft.body,
    description: (draft.description ?? '').trim(),
    folder: (draft.folder ?? '').trim(),
    owner: (draft.owner ?? '').trim() === '' ? owner : (draft.owner ?? '').trim(),
  };
}

function versionRow(row: FunctionRow): FunctionVersionRow {
  return {
    id: uuidv7(),
    function_id: row.id,
    version: row.version,
    parameters: row.parameters,
    body: row.body,
    description: row.description,
    made_by: row.updated_by,
    made_ms: row.updated_ms,
  };
}

function shown(row: FunctionRow): StoredFunction {
  return {
    id: row.id,
    company: row.company === GLOBAL ? null : row.company,
    name: row.name,
    parameters: row.parameters,
    body: row.body,
    description: row.description,
    folder: row.folder,
    owner: row.owner,
    version: row.version,
    createdAt: row.created_ms,
    updatedAt: row.updated_ms,
    updatedBy: row.updated_by,
    deletedAt: row.deleted_ms,
  };
}

function shownVersion(row: FunctionVersionRow): FunctionVersion {
  const { version, parameters, body, description } = row;
  return { version, parameters, body, description, madeBy: row.made_by, madeAt: row.made_ms };
}
