import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { isSameOrigin, sameOriginPlugin, type OriginFacts } from './index.ts';

const OWN = 'https://gatehouse.example.org';

describe('isSameOrigin', () => {
  const base: OriginFacts = {
    method: 'POST',
    ambientCredential: true,
    fetchSite: undefined,
    origin: undefined,
    ownOrigins: [OWN],
  };
  const cases: readonly [string, Partial<OriginFacts>, boolean][] = [
    ['our page, modern browser', { fetchSite: 'same-origin', origin: OWN }, true],
    ['our page, no Origin', { fetchSite: 'same-origin' }, true],
    ['our page, old browser or plain HTTP', { origin: OWN }, true],
    [
      'a reading request from anywhere',
      { method: 'GET', fetchSite: 'cross-site', origin: 'https://evil.example' },
      true,
    ],
    ['HEAD and OPTIONS', { method: 'OPTIONS', fetchSite: 'cross-site' }, true],
    ['a key in a header, no cookie', { ambientCredential: false, fetchSite: 'cross-site' }, true],
    ['another site', { fetchSite: 'cross-site', origin: 'https://evil.example' }, false],
    ['another site that claims our origin', { fetchSite: 'cross-site', origin: OWN }, false],
    ['a sibling host', { fetchSite: 'same-site', origin: 'https://www.example.org' }, false],
    ['a request the user typed', { fetchSite: 'none' }, false],
    ['same-origin, but a foreign Origin', { fetchSite: 'same-origin', origin: 'https://evil.example' }, false],
    ['neither header', {}, false],
    ['an opaque origin', { origin: 'null' }, false],
    ['our name over HTTP', { origin: 'http://gatehouse.example.org' }, false],
    ['our name with another port', { origin: `${OWN}:8443` }, false],
    ['our name as a prefix', { origin: `${OWN}.evil.example` }, false],
    ['an unknown value', { fetchSite: 'something-new', origin: OWN }, false],
    ['an empty value', { fetchSite: '', origin: OWN }, false],
    ['a method in lower case', { method: 'get' }, false],
  ];
  it.each(cases)('%s', (_what, facts, allowed) => {
    expect(isSameOrigin({ ...base, ...facts })).toBe(allowed);
  });
});

it('refuses before the handler runs, and says so', async () => {
  const refused: string[] = [];
  const app = Fastify();
  await app.register(sameOriginPlugin, { publicOrigins: [OWN], onRefused: (request) => refused.push(request.url) });
  let handled = 0;
  app.post('/act', async () => (handled += 1));
  const cookie = 'session=x';
  const act = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: '/act', headers: { host: 'localhost:8080', ...headers } });
  expect((await act({ cookie, origin: 'https://evil.example' })).json()).toMatchObject({
    code: 'CROSS_ORIGIN_REFUSED',
    statusCode: 403,
    message: 'This request did not come from the application itself.',
  });
  expect([handled, refused]).toEqual([0, ['/act']]);
  for (const headers of [
    { cookie, origin: OWN },
    { cookie, origin: 'http://localhost:8080' },
    { 'x-api-key': 'k', origin: 'https://evil.example' },
  ])
    expect((await act(headers as Record<string, string>)).statusCode).toBe(200);
  await app.close();
});
