export type { EventStore, QueryLimits, ReadOptions, ReadResult, ResultColumn } from './types.ts';
export { defaultEngineSize, openEventStore } from './open.ts';
export type { EmbeddedEventStore, EmbeddedStoreOptions, RemoteStoreOptions } from './open.ts';
export { STORE_ERRORS, StoreError } from './errors.ts';
export type { StoreErrorCode } from './errors.ts';
export { LIMIT_BOUNDS } from './limits.ts';
export { quoteIdentifier } from './identifiers.ts';
