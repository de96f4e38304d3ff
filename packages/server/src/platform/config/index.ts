export { checkConfig, isLoopback, weaknessOfSecret } from './checks.ts';
export type { RateLimit } from './kinds.ts';
export { ConfigError, readConfig, type Config, type ConfigInputs, type Origin } from './load.ts';
export { environmentNames, SETTING_ROWS, snakeCase } from './settings.ts';
