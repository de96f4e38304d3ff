import type { TwoCompanies } from './two-companies.ts';

export type Caller = 'one' | 'two' | 'both' | 'root' | 'reader' | 'nobody';

export interface Asked<Body> {
  readonly status: number;
  readonly body: Body & {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly details: readonly { field: string; reason: string }[];
    };
  };
}

/** Calls the API as somebody. */
export async function ask<Body = Record<string, unknown>>(
  world: TwoCompanies,
  caller: Caller,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
): Promise<Asked<Body>> {
  const answer = await world.app.inject({
    method,
    url,
    headers: { 'x-test-caller': caller },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json<Asked<Body>['body']>() };
}

/** The rows of a query, or the refusal's first message. */
export async function rowsOf(world: TwoCompanies, caller: Caller, query: string): Promise<unknown> {
  const { status, body } = await ask<{ tables: readonly { rows: unknown[][] }[] }>(
    world,
    caller,
    'POST',
    '/api/query',
    { query },
  );
  return status === 200 ? body.tables[0]?.rows : body.error.details[0]?.reason;
}
