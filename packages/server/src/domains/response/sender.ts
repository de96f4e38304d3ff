import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../../platform/clock.ts';
import { claim, pageOf } from '../../platform/database/index.ts';
import type { Mailer } from '../../platform/mail/index.ts';
import { MAX_ATTEMPTS, pauseAfter } from './backoff.ts';
import { renderMail } from './mail/render.ts';
import type { Notice } from './notice.ts';
import type { SecretBox } from './secrets.ts';
import type { DeliveryRow, ResponseTables } from './tables.ts';
import { renderWebhook } from './webhook/payload.ts';
import { sendWebhook, WebhookError } from './webhook/send.ts';
import type { TargetPolicy } from './webhook/targets.ts';

export interface SenderDependencies {
  readonly tables: Kysely<ResponseTables>;
  readonly clock: Clock;
  readonly mail: Mailer;
  readonly secrets: SecretBox;
  readonly policy: TargetPolicy;
  /** Address of the console, without a slash at its end. */
  readonly publicUrl: string;
  /** 0 to 1; spreads retries. */
  readonly random: () => number;
}

/** A delivery that a process took and never ended is taken again after this long: longer than any sending lasts. */
const CLAIM_MS = 120_000;
/** Deliveries that one pass sends, and how many at once. */
const PASS = { deliveries: 100, atOnce: 4 } as const;
/** SMTP answers by which a server refuses this recipient or message for good. Source: RFC 5321, section 4.2.3. */
const SMTP_PERMANENT: ReadonlySet<number> = new Set([550, 551, 552, 553, 554]);

/**
 * Sends what is due. Each delivery is taken by a conditional update, so that two servers do not both send it; a crash between
 * the other side's yes and our record of it sends it a second time, under the same Message-ID or delivery id.
 */
export async function sendDue(dependencies: SenderDependencies): Promise<number> {
  const { tables, clock } = dependencies;
  const due = await pageOf(
    tables
      .selectFrom('response_deliveries')
      .selectAll()
      .where('state', 'in', ['waiting', 'sending'])
      .where('next_attempt_ms', '<=', clock.now()),
    {
      keys: [
        { column: 'next_attempt_ms', direction: 'asc' },
        { column: 'id', direction: 'asc' },
      ],
      limit: PASS.deliveries,
    },
  );
  const queue = [...due.rows];
  let sent = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      if (await sendOne(dependencies, next)) sent += 1;
  };
  await Promise.all(Array.from({ length: PASS.atOnce }, work));
  return sent;
}

/** True where this process took the delivery, whatever came of it. */
async function sendOne(dependencies: SenderDependencies, delivery: DeliveryRow): Promise<boolean> {
  const { tables, clock, random } = dependencies;
  const startedMs = clock.now();
  const attempt = delivery.attempts + 1;
  const mine = await claim(
    tables
      .updateTable('response_deliveries')
      .set({ state: 'sending', attempts: attempt, next_attempt_ms: startedMs + CLAIM_MS })
      .where('id', '=', delivery.id)
      .where('state', '=', delivery.state)
      .where('attempts', '=', delivery.attempts),
  );
  if (!mine) return false;
  const outcome = await attemptOne(dependencies, delivery).then(
    (answer) => ({ delivered: true, answer, permanent: false }),
    (error: unknown) => ({ delivered: false, answer: sentenceOf(error), permanent: isPermanent(error) }),
  );
  const endedMs = clock.now();
  const isLast = outcome.permanent || attempt >= MAX_ATTEMPTS;
  const next = outcome.delivered
    ? { state: 'delivered', delivered_ms: endedMs, last_error: null, next_attempt_ms: endedMs }
    : {
        state: isLast ? 'failed' : 'waiting',
        last_error: outcome.answer,
        next_attempt_ms: endedMs + (isLast ? 0 : pauseAfter(attempt, random())),
      };
  await tables.transaction().execute(async (transaction) => {
    await transaction
      .updateTable('response_deliveries')
      .set(next)
      .where('id', '=', delivery.id)
      .where('attempts', '=', attempt)
      .execute();
    await transaction
      .insertInto('response_attempts')
      .values({
        id: uuidv7(),
        delivery_id: delivery.id,
        attempt,
        started_ms: startedMs,
        duration_ms: endedMs - startedMs,
        delivered: outcome.delivered ? 1 : 0,
        answer: outcome.answer,
      })
      .execute();
  });
  return true;
}

async function attemptOne(dependencies: SenderDependencies, delivery: DeliveryRow): Promise<string> {
  const { tables, clock, mail, secrets, policy, publicUrl } = dependencies;
  const notice = JSON.parse(delivery.notice) as Notice;
  if (delivery.channel === 'mail') {
    const { response } = await mail.send(renderMail(notice, delivery.target, publicUrl, delivery.id));
    return response.slice(0, 300);
  }
  const group = await tables
    .selectFrom('response_groups')
    .select('webhook_secret')
    .where('id', '=', delivery.group_id)
    .where('company', '=', delivery.company)
    .executeTakeFirst();
  if (group?.webhook_secret === null || group === undefined)
    throw new WebhookError('the action group or its webhook is gone', { permanent: true });
  return sendWebhook(policy, {
    url: delivery.target,
    secret: secrets.open(delivery.group_id, group.webhook_secret),
    deliveryId: delivery.id,
    body: renderWebhook(notice, delivery.id, publicUrl),
    nowMs: clock.now(),
  });
}

function isPermanent(error: unknown): boolean {
  if (error instanceof WebhookError) return error.permanent;
  const code = (error as { responseCode?: unknown } | undefined)?.responseCode;
  return typeof code === 'number' && SMTP_PERMANENT.has(code);
}

function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text === '' ? 'it failed without saying why' : text).replace(/\s+/g, ' ').slice(0, 300);
}
