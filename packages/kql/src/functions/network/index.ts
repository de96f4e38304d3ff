import type { ScalarFunction } from '../types.ts';
import { IPV4_FUNCTIONS } from './ipv4.ts';
import { IPV6_FUNCTIONS } from './ipv6.ts';
import { PLACE_FUNCTIONS } from './places.ts';
import { ADDRESS_SEARCH_FUNCTIONS } from './search.ts';

/** Addresses of the network. */
export const NETWORK_FUNCTIONS: readonly ScalarFunction[] = [
  ...ADDRESS_SEARCH_FUNCTIONS,
  ...IPV4_FUNCTIONS,
  ...IPV6_FUNCTIONS,
  ...PLACE_FUNCTIONS,
];
