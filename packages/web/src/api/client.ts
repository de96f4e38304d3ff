import createClient, { type Middleware } from 'openapi-fetch';
import { readApiError } from './errors.ts';
import type { paths } from './openapi.d.ts';

/** What the client needs of its surroundings; set once by the page's entry. */
interface Surroundings {
  /** Company that requests are confined to, by number; undefined means all of the user's. */
  company: number | undefined;
  /** Called when the server no longer knows the session. */
  onSignedOut: () => void;
}

export const surroundings: Surroundings = { company: undefined, onSignedOut: () => undefined };

const house: Middleware = {
  onRequest({ request }) {
    if (surroundings.company !== undefined && !request.headers.has('X-Company'))
      request.headers.set('X-Company', String(surroundings.company));
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return;
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    const isSessionRequest = new URL(request.url).pathname === '/api/session';
    if (response.status === 401 && !isSessionRequest) surroundings.onSignedOut();
    throw readApiError(response.status, body);
  },
};

/** The typed client of the server's own API. Every refusal is thrown as `ApiError`; the session's cookie travels by itself. */
export const api = createClient<paths>({ credentials: 'same-origin' });
api.use(house);

/**
 * The answer's body. openapi-fetch types it as possibly missing because it may hold an error instead; `house` throws for those.
 */
export function bodyOf<T>(answer: { data?: T }): NonNullable<T> {
  if (answer.data === undefined || answer.data === null) throw readApiError(204, undefined);
  return answer.data;
}
