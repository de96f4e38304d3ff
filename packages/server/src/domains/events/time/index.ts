export { isoFromStore, storeTime } from './instant.ts';
export { readTime, FUTURE_TOLERANCE_MS, type ReadTime, type TimeContext } from './read.ts';
export { zoneOf } from './zone.ts';
