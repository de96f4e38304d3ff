import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PATTERNS, SUSPICION, isCardNumber } from './patterns.ts';
import { isSecretName, redact, redactText } from './index.ts';

/** Text in, text out; the third column names the pattern that must have seen it. */
const SECRETS: readonly [string, string, string][] = [
  ['password=hunter2 from 10.0.0.1', 'password=[redacted:secret] from 10.0.0.1', 'assigned'],
  ['PASSWORD: hunter2', 'PASSWORD: [redacted:secret]', 'assigned'],
  ['{"password":"a\\"b","x":1}', '{"password":"[redacted:secret]","x":1}', 'json-field'],
  [
    '{"m":"{\\"api_key\\":\\"x y\\",\\"z\\":1}"}',
    '{"m":"{\\"api_key\\":\\"[redacted:secret]\\",\\"z\\":1}"}',
    'json-field',
  ],
  ['{"db_password":12345,"n":1}', '{"db_password":"[redacted:secret]","n":1}', 'json-field'],
  ['{"X-API-Key" : "abc', '{"X-API-Key" : "[redacted:secret]"', 'json-field'],
  ['DB_PASSWORD="x y" next', 'DB_PASSWORD="[redacted:secret]" next', 'assigned'],
  ['{"m":"the password: abc","n":1}', '{"m":"the password: [redacted:secret]","n":1}', 'assigned'],
  ['{"card":4111111111111111}', '{"card":null}', 'card'],
  ["client_secret='x y z', next", "client_secret='[redacted:secret]', next", 'assigned'],
  ['?access_token=abc&user=ann', '?access_token=[redacted:secret]&user=ann', 'assigned'],
  ['connection-string=Server=db;', 'connection-string=[redacted:secret];', 'assigned'],
  ['private_key: abcdef', 'private_key: [redacted:secret]', 'assigned'],
  ['cvv=123', 'cvv=[redacted:secret]', 'assigned'],
  ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer [redacted:credentials]', 'authorization'],
  ['authorization=Basic YWRtaW46YWRtaW4=', 'authorization=Basic [redacted:credentials]', 'authorization'],
  ['t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln x', 't [redacted:jwt] x', 'jwt'],
  ['key gh_abcdefgh_0123456789abcdefXYZ-_ used', 'key gh_abcdefgh_[redacted:key] used', 'gatehouse-key'],
  ['AKIAIOSFODNN7EXAMPLE', '[redacted:token]', 'vendor-token'],
  ['ghp_' + 'a'.repeat(36), '[redacted:token]', 'vendor-token'],
  ['xoxb-1234567890-abc', '[redacted:token]', 'vendor-token'],
  ['postgres://gatehouse:s3cret@db:5432/x', 'postgres://gatehouse:[redacted:password]@db:5432/x', 'url-password'],
  [
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest',
    '[redacted:private-key]\nrest',
    'private-key',
  ],
  ['-----BEGIN PRIVATE KEY-----\ncut off', '[redacted:private-key]', 'private-key'],
  ['card 4111 1111 1111 1111 ok', 'card [redacted:card] ok', 'card'],
  ['card 4111-1111-1111-1111', 'card [redacted:card]', 'card'],
  ['5555555555554444', '[redacted:card]', 'card'],
  ['3782 822463 10005', '[redacted:card]', 'card'],
  ['"378282246310005"', '"[redacted:card]"', 'card'],
];

/** What looks a little like a secret and is none: it must come out as it went in. */
const HARMLESS = [
  'An account was successfully logged on.',
  'S-1-5-21-1363495622-3806888128-621328882-1107',
  '132436789012345678',
  '1599203238123456789',
  '{54849625-5478-4994-A5BA-3E3B0328C30D}',
  'https://gatehouse.example.org/a@b',
  '4111111111111112',
  'id-4111111111111111',
  '41111111111111111111',
  'uses basic authentication methods',
  'the password was changed',
  'TokenElevationType %%1936',
  'user=ann@example.org',
  'gh_short_x',
  '{"m":"wrong password:","n":"x"}',
  '{"PasswordLastSet":"2020-09-04","passwords":3}',
  '',
];

describe('redactText', () => {
  it.each(SECRETS)('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
    // What was redacted once holds nothing to redact.
    expect(redactText(expected)).toBe(expected);
  });

  it.each(HARMLESS.map((text) => [text]))('leaves %j', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('looks closer wherever a pattern would match', () => {
    for (const { kind, pattern } of PATTERNS) {
      const mine = SECRETS.filter(([, , name]) => name === kind);
      expect(mine.length, kind).toBeGreaterThan(0);
      for (const [text] of mine) {
        expect(text.search(pattern), `${kind}: ${text}`).toBeGreaterThanOrEqual(0);
        expect(SUSPICION.test(text), text).toBe(true);
      }
    }
  });

  it('leaves JSON that it is used on JSON, with nothing of a secret field in it', () => {
    const MARK = 'Zq9Zq9';
    const secretName = fc.constantFrom('password', 'X-API-Key', 'client_secret', 'dbPassword', 'access_token');
    const piece = fc.constantFrom(
      'password',
      'token=',
      ':',
      '"',
      '\\',
      "'",
      ',',
      ' ',
      '{',
      ']',
      'a',
      '4111111111111111',
      '://u:p@h',
      'bearer x1234567',
      'eyJ',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const secret = fc.oneof(
      text.map((around) => around + MARK),
      fc.constant(MARK),
      fc.constant(4242424242),
    );
    const plain = fc.oneof(
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(4111111111111111),
      fc.array(text, { maxLength: 3 }),
    );
    const object = fc.tuple(
      fc.array(fc.tuple(fc.constantFrom('m', 'n', 'note'), plain)),
      fc.array(fc.tuple(secretName, secret)),
    );
    fc.assert(
      fc.property(object, fc.boolean(), ([plains, secrets], nested) => {
        const one: unknown = Object.fromEntries([...plains, ...secrets]);
        const line = JSON.stringify(nested ? { inner: JSON.stringify({ password: MARK, n: 1 }), one } : one);
        const redacted = redactText(line);
        expect(() => JSON.parse(redacted) as unknown, `${line} -> ${redacted}`).not.toThrow();
        expect(redacted).not.toContain(MARK);
        expect(redacted).not.toContain('4242424242');
        expect(redactText(redacted)).toBe(redacted);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes long hostile text in bounded time', () => {
    const begin = performance.now();
    for (const piece of [
      'password',
      '://a:',
      '"password":"\\',
      '-----BEGIN ',
      'eyJ',
      '4111 ',
      'bearer a',
      "secret='",
      'eyJ-',
      'gh_aaaaaaaa_',
      '"a":"',
      'password ',
      '4111-',
      ' basic ',
      '-----BEGIN PRIVATE KEY-----a',
    ])
      redactText(piece.repeat(20_000));
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

describe('redact', () => {
  it('replaces fields with a secret name and texts with secrets, at any depth', () => {
    const given = { a: { Password: 'x', LogonType: 2 }, list: [{ 'X-API-Key': 'k' }, 'token=abcdefgh'], n: null };
    expect(redact(given)).toEqual({
      a: { Password: '[redacted]', LogonType: 2 },
      list: [{ 'X-API-Key': '[redacted]' }, 'token=[redacted:secret]'],
      n: null,
    });
    expect(given.a.Password).toBe('x');
  });

  it('returns what holds no secret as it is, without a copy', () => {
    const event = { EventID: 4624, TargetUserName: 'pgustavo', nested: [{ x: 1 }] };
    expect(redact(event)).toBe(event);
  });

  it('keeps what is empty empty, and other objects as they are', () => {
    const when = new Date(0);
    expect(redact({ password: '', token: null, when })).toEqual({ password: '', token: null, when });
  });

  it('shows nothing of what lies too deep to be looked at', () => {
    let deep: unknown = 'password=hunter2';
    for (let level = 0; level < 20; level += 1) deep = { deep };
    expect(JSON.stringify(redact(deep))).not.toContain('hunter2');
  });
});

it('knows secret names by their letters', () => {
  for (const name of ['password', 'PASSWORD', 'client_secret', 'Set-Cookie', 'x-api-key', 'refreshToken'])
    expect(isSecretName(name), name).toBe(true);
  for (const name of ['PasswordLastSet', 'LogonType', 'TokenElevationType', 'ActorSessionId', 'passed', 'key'])
    expect(isSecretName(name), name).toBe(false);
});

it('knows card numbers by network, length and check digit', () => {
  for (const digits of [
    '4111111111111111',
    '5105105105105100',
    '2223003122003222',
    '371449635398431',
    '6011000990139424',
    '3530111333300000',
    '30569309025904',
  ])
    expect(isCardNumber(digits), digits).toBe(true);
  for (const digits of [
    '4111111111111112',
    '0000000000000000',
    '1234567890123452',
    '9999999999999995',
    '411111111111111',
  ])
    expect(isCardNumber(digits), digits).toBe(false);
});
