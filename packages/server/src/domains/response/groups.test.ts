import { afterAll, beforeAll, expect, test } from 'vitest';
import { confineTo, createSetting, type Setting } from './test/setting.ts';
import type { ResponseTables } from './tables.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await createSetting({ 'response.privateTargets': 'hooks.internal, 10.20.0.0/16' });
});
afterAll(() => setting.close());

const DRAFT = { name: 'Shift', recipients: ['ann@contoso.example'] };

const WRONG: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['an empty name', { name: ' ' }, '/name'],
  ['a name of control characters', { name: '\r\n\t' }, '/name'],
  ['a long name', { name: 'x'.repeat(101) }, '/name'],
  ['nobody', { recipients: [] }, '/recipients'],
  ['an address with a header in it', { recipients: ['a@b.example\r\nBcc: c@d.example'] }, '/recipients/0'],
  ['two addresses in one', { recipients: ['ok@b.example', 'a@b.example,c@d.example'] }, '/recipients/1'],
  ['an address with a display name', { recipients: ['Ann <a@b.example>'] }, '/recipients/0'],
  ['no address at all', { recipients: ['ann'] }, '/recipients/0'],
  ['a webhook that is no URL', { webhookUrl: 'hooks' }, '/webhookUrl'],
  ['a webhook without TLS', { webhookUrl: 'http://hooks.example/x' }, '/webhookUrl'],
  ['a file', { webhookUrl: 'file:///etc/passwd' }, '/webhookUrl'],
  ['a webhook with a password', { webhookUrl: 'https://u:p@hooks.example/' }, '/webhookUrl'],
  ['loopback', { webhookUrl: 'https://127.0.0.1/' }, '/webhookUrl'],
  ['loopback in another spelling', { webhookUrl: 'https://0x7f.1/' }, '/webhookUrl'],
  ['loopback as a mapped address', { webhookUrl: 'https://[::ffff:127.0.0.1]/' }, '/webhookUrl'],
  ['cloud metadata', { webhookUrl: 'https://169.254.169.254/latest' }, '/webhookUrl'],
  ['a private network that is not named', { webhookUrl: 'https://10.21.0.1/' }, '/webhookUrl'],
];

test.each(WRONG)('%s is refused with the field’s name', async (_, change, field) => {
  const company = setting.companies[0].number;
  const error = await setting.response.groups
    .create(company, { ...DRAFT, ...change })
    .catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ code: 'ACTION_GROUP_INVALID', status: 400, details: [{ field }] });
});

test('what the configuration names may be reached, also without TLS', async () => {
  const company = setting.companies[0].number;
  for (const [index, webhookUrl] of [
    'https://hooks.internal/a',
    'http://hooks.internal/a',
    'http://10.20.3.4:8080/',
    'https://hooks.example/',
  ].entries())
    expect(
      (await setting.response.groups.create(company, { name: `Hook ${index}`, recipients: [], webhookUrl })).group
        .webhookUrl,
    ).toBe(webhookUrl);
});

test('the webhook’s secret is shown when it is made, and kept sealed', async () => {
  const { response, companies, platform } = setting;
  const scope = confineTo([companies[0].number]);
  const draft = { name: 'Sealed', recipients: [], webhookUrl: 'https://hooks.example/' };
  const { group, webhookSecret } = await response.groups.create(companies[0].number, draft);
  expect(webhookSecret).toMatch(/^whsec_[\w-]{43}$/);
  expect(JSON.stringify(await response.groups.list(scope))).not.toContain('whsec_');
  const row = await platform.database
    .withTables<ResponseTables>()
    .selectFrom('response_groups')
    .select('webhook_secret')
    .where('id', '=', group.id)
    .executeTakeFirstOrThrow();
  expect(row.webhook_secret).toMatch(/^v1\./);
  expect(
    (await response.groups.replace(scope, group.id, { ...draft, name: 'Sealed too' })).webhookSecret,
  ).toBeUndefined();
  const renewed = await response.groups.replace(scope, group.id, { ...draft, newWebhookSecret: true });
  expect(renewed.webhookSecret).toMatch(/^whsec_/);
  expect(renewed.webhookSecret).not.toBe(webhookSecret);
});

test('a name is taken once in a company, whatever its case, and free in the other', async () => {
  const { response, companies } = setting;
  await response.groups.create(companies[0].number, { ...DRAFT, name: 'Taken' });
  await expect(response.groups.create(companies[0].number, { ...DRAFT, name: 'TAKEN' })).rejects.toMatchObject({
    code: 'ACTION_GROUP_NAME_TAKEN',
  });
  await expect(response.groups.create(companies[1].number, { ...DRAFT, name: 'Taken' })).resolves.toBeDefined();
});

test('another company’s group is as if it did not exist', async () => {
  const { response, companies } = setting;
  const { group } = await response.groups.create(companies[0].number, { ...DRAFT, name: 'Mine' });
  const other = confineTo([companies[1].number]);
  await expect(response.groups.get(other, group.id)).rejects.toMatchObject({
    code: 'ACTION_GROUP_UNKNOWN',
    status: 404,
  });
  await expect(response.groups.replace(other, group.id, DRAFT)).rejects.toMatchObject({ code: 'ACTION_GROUP_UNKNOWN' });
  await expect(response.groups.remove(other, group.id)).rejects.toMatchObject({ code: 'ACTION_GROUP_UNKNOWN' });
  expect((await response.groups.get(confineTo([companies[0].number]), group.id)).name).toBe('Mine');
});
