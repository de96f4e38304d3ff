import { Gauge } from 'prom-client';
import type { Config } from '../../platform/config/index.ts';
import type { Domain } from '../../platform/domain.ts';
import { deriveKey } from '../../platform/keys.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Audit } from '../audit/index.ts';
import type { Detection } from '../detection/index.ts';
import type { Companies } from '../identity/index.ts';
import { countByState, deliveryOf, listDeliveries, type Delivery } from './deliveries.ts';
import { createActionGroups, type ActionGroup, type ActionGroups } from './groups.ts';
import { testNotice } from './notice.ts';
import { deliveriesOf, fillOutbox, insertDeliveries } from './outbox.ts';
import { responseRoutes } from './routes.ts';
import { createSecretBox } from './secrets.ts';
import { sendDue } from './sender.ts';
import type { ResponseTables } from './tables.ts';
import { createTargetPolicy } from './webhook/targets.ts';

export { RESPONSE_ERRORS, type ResponseErrorCode } from './errors.ts';
export { responseMigrations } from './migrations.ts';
export type { ActionGroup, ActionGroups, GroupDraft } from './groups.ts';
export type { Delivery } from './deliveries.ts';
export { signatureOf } from './webhook/send.ts';

/** What response needs of the domains left of it. */
export interface ResponseNeeds {
  readonly audit: Pick<Audit, 'record'>;
  readonly identity: { readonly companies: Pick<Companies, 'byNumber'> };
  readonly detection: { readonly alerts: Pick<Detection['alerts'], 'changedSince' | 'evidence'> };
}

export interface ResponseOptions {
  /** 0 to 1, spreads retries; default Math.random. */
  readonly random?: () => number;
  /** Milliseconds between two looks at the outbox; default 1000. */
  readonly everyMs?: number;
}

export interface Response extends Domain {
  readonly groups: ActionGroups;
  /** One pass: writes deliveries for new alerts and sends what is due. Never two at a time. */
  deliver(): Promise<{ readonly written: number; readonly sent: number }>;
  /** Deliveries of a scope, newest first. */
  readonly deliveries: (
    ...given: Parameters<typeof listDeliveries> extends [unknown, ...infer Rest] ? Rest : never
  ) => ReturnType<typeof listDeliveries>;
}

/** Tells people: action groups, and an outbox that mails and webhooks leave through. */
export function createResponse(platform: Platform, needs: ResponseNeeds, options: ResponseOptions = {}): Response {
  const { clock, config, mail, log } = platform;
  const tables = platform.database.withTables<ResponseTables>();
  const secrets = createSecretBox(deriveKey(config.app.secretKey, 'response.webhook-secret'));
  const policy = createTargetPolicy(config.response.privateTargets);
  const groups = createActionGroups({ tables, clock, secrets, policy });
  const outbox = { tables, clock, alerts: needs.detection.alerts, companies: needs.identity.companies, groups };
  const sender = {
    tables,
    clock,
    mail,
    secrets,
    policy,
    publicUrl: publicUrlOf(config),
    random: options.random ?? Math.random,
  };

  let passing: Promise<unknown> = Promise.resolve();
  const deliver = (): Promise<{ written: number; sent: number }> => {
    const pass = passing.then(async () => {
      const written = await fillOutbox(outbox);
      return { written, sent: await sendDue(sender) };
    });
    passing = pass.catch(() => undefined);
    return pass;
  };
  const test = async (group: ActionGroup): Promise<readonly Delivery[]> => {
    const company = await needs.identity.companies.byNumber(group.company);
    const notice = testNotice(company ?? { name: '', timeZone: 'UTC' }, group.name, clock.now());
    const written = deliveriesOf(group, notice, clock.now());
    await insertDeliveries(tables, written);
    return written.map(deliveryOf);
  };
  measure(platform, tables);
  const background = createLoop(options.everyMs ?? 1000, deliver, (error) =>
    log.error({ err: error }, 'response: a pass over the outbox failed; the next one goes on where it stopped'),
  );
  return {
    name: 'response',
    routes: responseRoutes({ groups, tables, audit: needs.audit, test }),
    groups,
    deliver,
    deliveries: (scope, filter) => listDeliveries(tables, scope, filter),
    async start() {
      background.start();
    },
    async stop() {
      await background.stop();
      await passing;
    },
  };
}

/** The console's address in messages: the configured one, or where the server listens. */
function publicUrlOf({ app, server }: Config): string {
  if (app.publicUrl !== '') return app.publicUrl.replace(/\/+$/, '');
  const host = server.host === '0.0.0.0' || server.host === '::' ? 'localhost' : server.host;
  return `${server.sslCertfile === '' ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
}

function createLoop(everyMs: number, pass: () => Promise<unknown>, failed: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = true;
  const plan = (): void => {
    timer = setTimeout(() => {
      running = pass()
        .then(
          () => undefined,
          (error: unknown) => failed(error),
        )
        .finally(() => {
          if (!stopped) plan();
        });
    }, everyMs);
  };
  return {
    start(): void {
      stopped = false;
      plan();
    },
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

function measure({ metrics }: Platform, tables: Parameters<typeof countByState>[0]): void {
  new Gauge({
    name: 'gatehouse_deliveries',
    help: 'Messages of alerts by how they fare.',
    labelNames: ['state'],
    registers: [metrics],
    async collect() {
      const counts = await countByState(tables);
      for (const state of ['waiting', 'sending', 'delivered', 'failed']) this.set({ state }, counts.get(state) ?? 0);
    },
  });
}
