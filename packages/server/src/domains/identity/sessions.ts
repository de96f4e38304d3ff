import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../../platform/clock.ts';
import { newToken, sha256 } from './secrets.ts';
import { deleteOldSessions, endSession, insertSession, sessionByTokenHash, touchSession } from './store/sessions.ts';
import type { IdentityTables } from './tables.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** `last_seen_ms` is written once in this long: a session may end so much earlier than its idle time, never later. */
const TOUCH_MS = MINUTE_MS;
/** How long an ended session's row is kept, so that a late use of it can be told from a wild guess. */
const KEEP_MS = 7 * 24 * HOUR_MS;

export interface SessionLimits {
  readonly idleMinutes: number;
  readonly absoluteHours: number;
}

export interface SessionUser {
  readonly sessionId: string;
  readonly userId: string;
  readonly email: string;
  readonly globalRole: string | null;
}

/** Who a token belongs to, or why it does not hold. */
export type SessionState =
  | { readonly state: 'live'; readonly user: SessionUser }
  | { readonly state: 'over'; readonly userId: string }
  | { readonly state: 'unknown' };

export interface Sessions {
  /** Makes a session and returns its token; only the token's hash is kept. */
  begin(userId: string, from: { readonly address: string; readonly userAgent: string }): Promise<string>;
  find(token: string): Promise<SessionState>;
  end(token: string): Promise<boolean>;
  deleteOld(): Promise<void>;
}

export function createSessions(database: Kysely<IdentityTables>, clock: Clock, limits: SessionLimits): Sessions {
  const idleMs = limits.idleMinutes * MINUTE_MS;
  return {
    begin: async (userId, from) => {
      const token = newToken();
      const nowMs = clock.now();
      await insertSession(database, {
        id: uuidv7(),
        token_hash: sha256(token),
        user_id: userId,
        created_ms: nowMs,
        last_seen_ms: nowMs,
        expires_ms: nowMs + limits.absoluteHours * HOUR_MS,
        ended_ms: null,
        address: from.address.slice(0, 64),
        user_agent: from.userAgent.slice(0, 300),
      });
      return token;
    },
    find: async (token) => {
      const row = await sessionByTokenHash(database, sha256(token));
      if (row === undefined) return { state: 'unknown' };
      const nowMs = clock.now();
      const live =
        row.ended_ms === null && row.disabled === 0 && nowMs < row.expires_ms && nowMs - row.last_seen_ms < idleMs;
      if (!live) return { state: 'over', userId: row.user_id };
      if (nowMs - row.last_seen_ms >= TOUCH_MS) await touchSession(database, row.id, nowMs);
      return {
        state: 'live',
        user: { sessionId: row.id, userId: row.user_id, email: row.email, globalRole: row.global_role },
      };
    },
    end: (token) => endSession(database, sha256(token), clock.now()),
    deleteOld: () => deleteOldSessions(database, clock.now() - KEEP_MS),
  };
}

/** The session's cookie. `__Host-` ties it to this host and path over TLS (RFC 6265bis section 4.1.3.2; ASVS 3.3.1). */
export const SECURE_COOKIE = '__Host-gatehouse';
/** Plain HTTP, which the configuration allows on the loopback only, cannot set a `__Host-` cookie. */
export const PLAIN_COOKIE = 'gatehouse';

/** 43 characters of base64url; anything else is no token of ours and is not looked up. */
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;

export interface CookieJar {
  read(request: FastifyRequest): string | undefined;
  /** Gives the browser a new session's token. */
  set(request: FastifyRequest, reply: FastifyReply, token: string): void;
  /** Takes it away. */
  clear(request: FastifyRequest, reply: FastifyReply): void;
}

/** Reads and writes the cookie; `secure` is true where the browser speaks TLS, also to a proxy before us. */
export function createCookieJar(isSecure: (request: FastifyRequest) => boolean): CookieJar {
  const nameFor = (request: FastifyRequest): string => (isSecure(request) ? SECURE_COOKIE : PLAIN_COOKIE);
  // No Max-Age: the browser forgets it when it closes, the server when its time is over.
  const optionsFor = (request: FastifyRequest): CookieSerializeOptions => ({
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
  });
  return {
    read: (request) => {
      const token = request.cookies[nameFor(request)];
      return token !== undefined && TOKEN_FORM.test(token) ? token : undefined;
    },
    set: (request, reply, token) => {
      reply.setCookie(nameFor(request), token, optionsFor(request));
    },
    clear: (request, reply) => {
      reply.clearCookie(nameFor(request), optionsFor(request));
    },
  };
}
