import type { EventStore } from '../../../platform/clickhouse/index.ts';
import { quoteIdentifier } from '../../../platform/clickhouse/index.ts';

/** Events of one company and one bucket of time, in one table. */
export interface Bucket {
  /** The company's number. */
  readonly company: number;
  /** Time of the earliest and latest event, rounded down to milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Longest span that is asked for by the minute; longer ones are asked for by the hour. */
const FINE_SPAN_MS = 48 * HOUR_MS;

/**
 * When the events happened that arrived with `afterMs < IngestedAt <= throughMs`, if they happened after `horizonMs`: what
 * tells which past runs have to be looked at again. Internal: it reads times of every company, and no content of any.
 */
export async function arrivedBuckets(
  store: EventStore,
  table: string,
  { afterMs, throughMs, horizonMs }: { afterMs: number; throughMs: number; horizonMs: number },
): Promise<readonly Bucket[]> {
  return readBuckets(store, table, MINUTE_MS, {
    where:
      'IngestedAt > fromUnixTimestamp64Milli({afterMs:Int64}) AND IngestedAt <= fromUnixTimestamp64Milli({throughMs:Int64}) AND TimeGenerated > fromUnixTimestamp64Milli({horizonMs:Int64})',
    params: { afterMs, throughMs, horizonMs },
  });
}

/** Where the events of `afterMs < TimeGenerated <= throughMs` lie: what tells which runs have anything to look at. */
export async function occupiedBuckets(
  store: EventStore,
  table: string,
  { afterMs, throughMs }: { afterMs: number; throughMs: number },
): Promise<readonly Bucket[]> {
  return readBuckets(store, table, throughMs - afterMs <= FINE_SPAN_MS ? MINUTE_MS : HOUR_MS, {
    where:
      'TimeGenerated > fromUnixTimestamp64Milli({afterMs:Int64}) AND TimeGenerated <= fromUnixTimestamp64Milli({throughMs:Int64})',
    params: { afterMs, throughMs },
  });
}

async function readBuckets(
  store: EventStore,
  table: string,
  bucketMs: number,
  { where, params }: { where: string; params: Readonly<Record<string, number>> },
): Promise<readonly Bucket[]> {
  const { rows } = await store.read(
    `SELECT CompanyId, intDiv(toUnixTimestamp64Milli(TimeGenerated), {bucketMs:Int64}) AS bucket,
       toUnixTimestamp64Milli(min(TimeGenerated)), toUnixTimestamp64Milli(max(TimeGenerated))
     FROM ${store.database}.${quoteIdentifier(table)} WHERE ${where} GROUP BY CompanyId, bucket ORDER BY bucket, CompanyId`,
    { params: { ...params, bucketMs } },
  );
  return rows.map(([company, , firstMs, lastMs]) => ({
    company: Number(company),
    firstMs: Number(firstMs),
    lastMs: Number(lastMs),
  }));
}

/** True where any bucket of the company reaches into `afterMs < time <= throughMs`; the times are rounded down by up to 1 ms. */
export function isOccupied(buckets: readonly Bucket[], company: number, afterMs: number, throughMs: number): boolean {
  return buckets.some(
    (bucket) => bucket.company === company && bucket.lastMs + 1 > afterMs && bucket.firstMs <= throughMs,
  );
}
