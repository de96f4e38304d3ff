import { allows, type ExternalPolicy } from '@gatehouse/kql';
import { decoded, tooLarge } from './text.ts';

export interface FetchOptions {
  readonly policy: ExternalPolicy;
  readonly maxSize: number;
  readonly timeoutMs: number;
}

const MOST_REDIRECTS = 5;

/** Fetches a text. Every address on the way must be allowed, also those that a server redirects to. */
export async function fetchText(address: string, { policy, maxSize, timeoutMs }: FetchOptions): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    let next = address;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      if (!allows(policy, next)) throw new Error(`it leads to ${new URL(next).origin}, which is not allowed`);
      const response = await fetch(next, { redirect: 'manual', signal, headers: { 'user-agent': 'gatehouse' } });
      const to = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && to !== null) {
        await response.body?.cancel();
        next = new URL(to, next).href;
        continue;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`the server answered ${response.status}`);
      }
      return await decoded(await bodyOf(response, maxSize), maxSize);
    }
    throw new Error(`it is redirected more than ${MOST_REDIRECTS} times`);
  } catch (error) {
    if (signal.aborted) throw new Error(`it took longer than ${timeoutMs / 1000} seconds`, { cause: error });
    // What undici says beside "fetch failed" is in the cause.
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    throw cause;
  }
}

async function bodyOf(response: Response, maxSize: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | Uint8Array[] = response.body ?? [];
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxSize) throw tooLarge(maxSize);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
