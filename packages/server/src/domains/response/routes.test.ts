import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpServer } from '../../platform/http/index.ts';
import { createAudit } from '../audit/index.ts';
import { createIdentity, type KeyScope } from '../identity/index.ts';
import { openMailbox, type Mailbox } from './test/mailbox.ts';
import { createSetting, type Setting } from './test/setting.ts';

let mailbox: Mailbox;
let setting: Setting;
let http: FastifyInstance;
let keys: { readonly mine: string; readonly reader: string; readonly other: string };

beforeAll(async () => {
  mailbox = await openMailbox();
  setting = await createSetting({ 'mail.smtpUrl': mailbox.url });
  const { platform, companies, response } = setting;
  const identity = createIdentity(platform, { audit: createAudit(platform) });
  const keyOf = async (company: number, scopes: KeyScope[]): Promise<string> =>
    (await identity.createApiKey({ companyId: companies[company]!.id, name: 'test', scopes })).secret;
  keys = { mine: await keyOf(0, ['admin']), reader: await keyOf(0, ['read']), other: await keyOf(1, ['admin']) };
  http = await createHttpServer({
    config: platform.config,
    log: platform.log,
    authenticate: identity.authenticate,
    version: 'test',
  });
  await http.register(response.routes);
  await http.ready();
});
afterAll(async () => {
  await http.close();
  await setting.close();
  await mailbox.close();
});

interface Body {
  readonly id: string;
  readonly webhookSecret?: string;
  readonly groups: readonly { readonly id: string }[];
  readonly deliveries: readonly { readonly target: string; readonly state: string }[];
  readonly error: { readonly code: string; readonly details: readonly { readonly field: string }[] };
}

async function ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, key: string, payload?: object) {
  const answer = await http.inject({
    method,
    url,
    headers: { 'x-api-key': key },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json<Body>() };
}

const GROUP = {
  name: 'Shift',
  recipients: ['ann@contoso.example'],
  webhookUrl: 'https://hooks.example/x',
  minimumSeverity: 'Low',
};

test('a group is made, seen, changed, tested and deleted by its company, and is no other’s', async () => {
  const made = await ask('POST', '/api/action-groups', keys.mine, GROUP);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...GROUP, enabled: true, webhookSecret: expect.stringMatching(/^whsec_/) });
  const url = `/api/action-groups/${made.body.id}`;
  const listed = await ask('GET', '/api/action-groups', keys.mine);
  expect(listed.body.groups.map(({ id }) => id)).toEqual([made.body.id]);
  expect(JSON.stringify(listed.body)).not.toContain('whsec_');
  expect((await ask('GET', '/api/action-groups', keys.other)).body.groups).toEqual([]);
  for (const [method, path] of [
    ['PUT', url],
    ['DELETE', url],
    ['POST', `${url}/test`],
  ] as const) {
    const refused = await ask(method, path, keys.other, method === 'PUT' ? GROUP : undefined);
    expect([refused.status, refused.body.error.code]).toEqual([404, 'ACTION_GROUP_UNKNOWN']);
  }
  const changed = await ask('PUT', url, keys.mine, { ...GROUP, webhookUrl: null });
  expect(changed.body).toMatchObject({ id: made.body.id, webhookUrl: null });
  expect((await ask('POST', `${url}/test`, keys.mine)).body.deliveries).toMatchObject([
    { target: 'ann@contoso.example', state: 'waiting' },
  ]);
  await setting.response.deliver();
  expect(mailbox.mails.map(({ subject }) => subject)).toEqual(['[Gatehouse] Test of the action group Shift']);
  const seen = async (key: string) =>
    (await ask('GET', '/api/deliveries', key)).body.deliveries.map(({ target, state }) => [target, state]);
  expect(await seen(keys.mine)).toEqual([['ann@contoso.example', 'delivered']]);
  expect(await seen(keys.reader)).toEqual([['a…@contoso.example', 'delivered']]);
  expect(await seen(keys.other)).toEqual([]);
  expect((await ask('DELETE', url, keys.mine)).status).toBe(200);
  expect((await ask('GET', '/api/action-groups', keys.mine)).body.groups).toEqual([]);
});

test('a key that reads may not see or change who is told', async () => {
  for (const [method, url] of [
    ['GET', '/api/action-groups'],
    ['POST', '/api/action-groups'],
  ] as const)
    expect((await ask(method, url, keys.reader, method === 'POST' ? GROUP : undefined)).status).toBe(403);
});

test.each([
  [{ ...GROUP, recipients: ['ann'] }, 'ACTION_GROUP_INVALID', '/recipients/0'],
  [{ ...GROUP, webhookUrl: 'http://127.0.0.1/' }, 'ACTION_GROUP_INVALID', '/webhookUrl'],
  [{ ...GROUP, recipients: 'ann@contoso.example' }, 'VALIDATION_FAILED', '/recipients'],
  [{ ...GROUP, minimumSeverity: 'Critical' }, 'VALIDATION_FAILED', '/minimumSeverity'],
  [{ ...GROUP, name: undefined }, 'VALIDATION_FAILED', '/name'],
  [{ ...GROUP, company: 2 }, 'VALIDATION_FAILED', '/company'],
])('%j is refused, naming the field', async (body, code, field) => {
  const refused = await ask('POST', '/api/action-groups', keys.mine, body);
  expect(refused.status).toBe(400);
  expect(refused.body.error).toMatchObject({
    code,
    details: expect.arrayContaining([expect.objectContaining({ field })]),
  });
});
