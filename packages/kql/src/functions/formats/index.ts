import type { ScalarFunction } from '../types.ts';
import { COMMAND_LINE_FUNCTIONS } from './command-line.ts';
import { URL_FUNCTIONS } from './url.ts';
import { USER_AGENT_FUNCTIONS } from './user-agent.ts';
import { XML_FUNCTIONS } from './xml.ts';

/** Texts of a known build, as dynamic values. */
export const FORMAT_FUNCTIONS: readonly ScalarFunction[] = [
  ...COMMAND_LINE_FUNCTIONS,
  ...URL_FUNCTIONS,
  ...USER_AGENT_FUNCTIONS,
  ...XML_FUNCTIONS,
];
