import { expect, test } from 'vitest';
import { boundariesOf, readNetworks } from './networks.ts';

const HEADER = 'network,country,state,city,latitude,longitude';
const shown = (lines: readonly string[]) =>
  boundariesOf(readNetworks([HEADER, ...lines].join('\n'))).map(({ key, info }) => [
    key.toString(16),
    info === undefined ? undefined : (JSON.parse(info) as Record<string, unknown>),
  ]);

test('networks become boundaries: neighbours at one place are one, and where nothing is known one ends', () => {
  expect(
    shown(['9.0.1.0/24,A,S,"C, D",1.5,-2', '9.0.0.0/24,A,S,"C, D",1.5,-2', '10.0.0.7,B,,,,', '2a00:1::/32,B,,,,']),
  ).toEqual([
    ['9000000', { country: 'A', state: 'S', city: 'C, D', latitude: 1.5, longitude: -2 }],
    ['9000200', undefined],
    ['a000007', { country: 'B' }],
    ['a000008', undefined],
    ['2a00000100000000', { country: 'B' }],
    ['2a00000200000000', undefined],
  ]);
});

test('the smaller of two networks counts', () => {
  expect(shown(['9.0.0.0/8,A,,,,', '9.0.0.0/24,B,,,,', '9.1.0.0/16,C,,,,'])).toEqual([
    ['9000000', { country: 'B' }],
    ['9000100', { country: 'A' }],
    ['9010000', { country: 'C' }],
    ['9020000', { country: 'A' }],
    ['a000000', undefined],
  ]);
});

test.each(['x,A,,,,', '9.0.0.0/33,A,,,,', '2a00::/65,A,,,,', '::ffff:9.0.0.0/112,A,,,,', '9.0.0.0/8,A,,,north,'])(
  'a record that is wrong is named: %s',
  (line) => {
    expect(() => shown(['8.0.0.0/8,A,,,,', line])).toThrow(/record 3: /);
  },
);

test('a file without the header is refused', () => {
  expect(() => readNetworks('9.0.0.0/8,A,,,,')).toThrow(/the first line must be/);
});
