import { createHmac } from 'node:crypto';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendWebhook } from './send.ts';
import { createTargetPolicy, isPublic } from './targets.ts';

const received: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];
const answers: Record<string, (response: ServerResponse) => void> = {
  '/ok': (response) => response.writeHead(204).end(),
  '/redirect': (response) => response.writeHead(302, { location: '/secret' }).end(),
  '/broken': (response) => response.writeHead(500).end('boom'),
  '/gone': (response) => response.writeHead(410).end(),
  '/long': (response) => response.writeHead(500).end('x'.repeat(10_000_000)),
};
const server = http.createServer((request: IncomingMessage, response) => {
  let body = '';
  request.on('data', (part: Buffer) => (body += part.toString()));
  request.on('end', () => {
    received.push({ path: request.url ?? '', headers: request.headers, body });
    answers[request.url ?? '']?.(response);
  });
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const open = createTargetPolicy(['127.0.0.1', 'localhost']);
const request = (path: string, host = '127.0.0.1') => ({
  url: `http://${host}:${port}${path}`,
  secret: 'whsec_test',
  deliveryId: 'delivery-1',
  body: '{"a":"ü"}',
  nowMs: 1_772_442_000_500,
});

test('what arrives is signed over timestamp and body, as the README says', async () => {
  expect(await sendWebhook(open, request('/ok'))).toBe('HTTP 204');
  const { headers, body } = received.at(-1)!;
  expect(body).toBe('{"a":"ü"}');
  expect(headers['x-gatehouse-timestamp']).toBe('1772442000');
  expect(headers['x-gatehouse-delivery']).toBe('delivery-1');
  expect(headers['x-gatehouse-signature']).toBe(
    `v1=${createHmac('sha256', 'whsec_test').update(`1772442000.${body}`).digest('hex')}`,
  );
});

test('a name that the configuration names is resolved and reached', async () => {
  expect(await sendWebhook(open, request('/ok', 'localhost'))).toBe('HTTP 204');
});

test.each([
  ['/broken', { message: 'HTTP 500: boom', permanent: false }],
  ['/gone', { message: 'HTTP 410', permanent: true }],
  ['/redirect', { message: 'HTTP 302 (redirects are not followed)', permanent: false }],
])('%s is a failure', async (path, expected) => {
  await expect(sendWebhook(open, request(path))).rejects.toMatchObject(expected);
  expect(received.some((one) => one.path === '/secret')).toBe(false);
});

test('a long answer is cut', async () => {
  const error = await sendWebhook(open, request('/long')).catch((reason: unknown) => reason);
  expect((error as Error).message.length).toBeLessThan(310);
});

test.each(['127.0.0.1', 'localhost'])('%s is not reached unless it is named', async (host) => {
  const before = received.length;
  const https = createTargetPolicy([]);
  const secured = { ...request('/ok', host), url: `https://${host}:${port}/ok` };
  await expect(sendWebhook(https, secured)).rejects.toMatchObject({
    permanent: true,
    message: expect.stringContaining('private network'),
  });
  expect(received).toHaveLength(before);
});

test.each([
  ['8.8.8.8', true],
  ['2606:4700:4700::1111', true],
  ['127.0.0.1', false],
  ['127.255.0.1', false],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['100.64.0.1', false],
  ['169.254.169.254', false],
  ['172.16.0.1', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['fe80::1', false],
  ['fc00::1', false],
  ['fd12::1', false],
  ['ff02::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:8.8.8.8', true],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['not an address', false],
])('%s is public: %s', (address, expected) => expect(isPublic(address)).toBe(expected));
