import { ADMIN, type RunningServer } from './server.ts';

/** A signed-in administrator: calls the API with its cookie, as the console does. */
export interface Session {
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: never; text: string }>;
}

/** Signs in; throws when the server does not take the password. */
export async function signIn(
  server: Pick<RunningServer, 'url'>,
  credentials: { email: string; password: string } = ADMIN,
): Promise<Session> {
  const answer = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return {
    async call(method, path, body, headers = {}) {
      const done = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          cookie,
          origin: server.url,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await done.text();
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        parsed = undefined;
      }
      return { status: done.status, body: parsed as never, text };
    },
  };
}
