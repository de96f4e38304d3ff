export * from './types.ts';
export { COMMON_COLUMNS } from './common.ts';
export { LOG_TABLES } from './tables/index.ts';
