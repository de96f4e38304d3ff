import { createHmac } from 'node:crypto';
import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { bare, type TargetPolicy } from './targets.ts';

/** Milliseconds a webhook may take in all, and bytes of its answer that are read. */
export const WEBHOOK_BOUNDS = { timeoutMs: 10_000, answerBytes: 2048 } as const;

/** A webhook that did not take the message. `permanent`: trying again cannot help. */
export class WebhookError extends Error {
  readonly permanent: boolean;
  constructor(message: string, options: { permanent?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.permanent = options.permanent ?? false;
  }
}

export interface WebhookRequest {
  readonly url: string;
  readonly secret: string;
  readonly deliveryId: string;
  /** JSON. */
  readonly body: string;
  readonly nowMs: number;
}

/**
 * `v1=` and the HMAC-SHA256, hexadecimal, of `<timestamp>.<body>` under the group's secret. A receiver computes the same over
 * the body as it came, compares in constant time, and refuses timestamps (epoch seconds) older than a few minutes.
 */
export function signatureOf(secret: string, timestampSeconds: number, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex')}`;
}

/**
 * Posts to a webhook: within ten seconds, without following redirects, to an address that the policy allows (the address that
 * is checked is the one that is connected to). Resolves with the answer's status line for 2xx.
 * @throws WebhookError
 */
export async function sendWebhook(policy: TargetPolicy, request: WebhookRequest): Promise<string> {
  const problem = urlProblem(request.url, policy);
  if (problem !== undefined) throw new WebhookError(`the address ${problem}`, { permanent: true });
  const url = new URL(request.url);
  const timestamp = Math.floor(request.nowMs / 1000);
  const { status, text } = await post(url, policy, request.body, {
    'Content-Type': 'application/json; charset=utf-8',
    'User-Agent': 'Gatehouse',
    'X-Gatehouse-Delivery': request.deliveryId,
    'X-Gatehouse-Timestamp': String(timestamp),
    'X-Gatehouse-Signature': signatureOf(request.secret, timestamp, request.body),
  });
  if (status >= 200 && status < 300) return `HTTP ${status}`;
  const more = status >= 300 && status < 400 ? ' (redirects are not followed)' : text === '' ? '' : `: ${text}`;
  throw new WebhookError(`HTTP ${status}${more}`.slice(0, 300), { permanent: status === 410 });
}

/** Why an address cannot be a webhook's; undefined where it can. Looked at when it is saved, and before each sending. */
export function urlProblem(text: string, policy: TargetPolicy): string | undefined {
  if (text.length > 2000) return 'is longer than 2000 characters';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'is not a URL';
  }
  const named = policy.names(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && named))
    return 'must begin with https:// (http:// only where response.private_targets names the host)';
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password';
  const host = bare(url.hostname);
  if (isIP(host) !== 0 && !named && !policy.allows(host))
    return 'is on a private network that response.private_targets does not name';
  return undefined;
}

interface Answer {
  readonly status: number;
  /** The first of it, on one line. */
  readonly text: string;
}

function post(
  url: URL,
  policy: TargetPolicy,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((settle, reject) => {
    const fail = (cause: unknown): void => {
      if (cause instanceof WebhookError) {
        reject(cause);
        return;
      }
      const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
      const why = cause instanceof Error ? cause.message : String(cause);
      reject(new WebhookError(timedOut ? `no answer within ${WEBHOOK_BOUNDS.timeoutMs / 1000} s` : why, { cause }));
    };
    const signal = AbortSignal.timeout(WEBHOOK_BOUNDS.timeoutMs);
    signal.addEventListener('abort', () => fail(signal.reason));
    const request = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method: 'POST',
        agent: false,
        signal,
        lookup: guardedLookup(url.hostname, policy),
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      },
      (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        const done = (): void => {
          const text = Buffer.concat(parts).toString('utf8').replace(/\s+/g, ' ').trim().slice(0, 200);
          settle({ status: response.statusCode ?? 0, text });
          request.destroy();
        };
        response.on('data', (part: Buffer) => {
          parts.push(part);
          bytes += part.length;
          if (bytes >= WEBHOOK_BOUNDS.answerBytes) done();
        });
        response.on('end', done);
        response.on('error', fail);
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}

/** Resolves a name and refuses it when any of its addresses is not allowed, so that what was checked is what is connected to. */
function guardedLookup(hostname: string, policy: TargetPolicy): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const named = policy.names(hostname);
      const refused = addresses.find(({ address }) => !named && !policy.allows(address));
      if (refused !== undefined) {
        callback(
          new WebhookError('the host is on a private network that response.private_targets does not name', {
            permanent: true,
          }),
          '',
          0,
        );
        return;
      }
      if (options.all === true) {
        callback(null, addresses);
        return;
      }
      const [first] = addresses;
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}
