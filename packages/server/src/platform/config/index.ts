export { checkConfig, isLoopback, weaknessOfSecret } from './checks.ts';
export type { RateLimit } from './kinds.ts';
export { ConfigError, readConfig, type Config, type ConfigInputs, type Origin } from './load.ts';
export { environmentNames, SETTINGS, snakeCase } from './settings.ts';
