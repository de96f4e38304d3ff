import { expect, it } from 'vitest';
import { localPath } from './localPath.ts';

it.each(['/', '/alerts', '/alerts/1?status=new#x', '/query?query=a%20%7C%20take%201'])('%j is inside', (path) => {
  expect(localPath(path)).toBe(path);
  expect(new URL(path, 'https://console.example').host).toBe('console.example');
});

it.each([
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example',
  '/\t/evil.example',
  '/\n//evil.example',
  'javascript:alert(1)',
  '',
  'alerts',
  7,
  undefined,
  ['/'],
])('%j is not', (path) => {
  expect(localPath(path)).toBeUndefined();
});
