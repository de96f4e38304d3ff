import { Counter, Gauge, type Registry } from 'prom-client';

export interface Metrics {
  ingested(what: {
    readonly stored: Readonly<Record<string, number>>;
    readonly duplicates: number;
    readonly refused: number;
    readonly quarantined: number;
    readonly redactions: number;
  }): void;
}

/** The domain's figures for /metrics. `waitingBytes` is read when they are asked for. */
export function createMetrics(registry: Registry, waitingBytes: () => number, subscribers: () => number): Metrics {
  const registers = [registry];
  const events = new Counter({
    name: 'gatehouse_events_total',
    help: 'Events taken, by table (duplicates included).',
    labelNames: ['table'],
    registers,
  });
  const duplicates = new Counter({
    name: 'gatehouse_events_duplicate_total',
    help: 'Events that were there already.',
    registers,
  });
  const refused = new Counter({
    name: 'gatehouse_events_refused_total',
    help: 'Records that were refused.',
    registers,
  });
  const quarantined = new Counter({
    name: 'gatehouse_events_quarantined_total',
    help: 'Refused records that were kept in the quarantine.',
    registers,
  });
  const redactions = new Counter({
    name: 'gatehouse_redactions_total',
    help: 'Values that were secrets and are not kept.',
    registers,
  });
  new Gauge({
    name: 'gatehouse_ingest_waiting_bytes',
    help: 'Bytes of acknowledged rows that are not yet in the event store.',
    registers,
    collect() {
      this.set(waitingBytes());
    },
  });
  new Gauge({
    name: 'gatehouse_live_subscribers',
    help: 'Open live streams.',
    registers,
    collect() {
      this.set(subscribers());
    },
  });
  return {
    ingested(what) {
      for (const table in what.stored) events.inc({ table }, what.stored[table] ?? 0);
      if (what.duplicates > 0) duplicates.inc(what.duplicates);
      if (what.refused > 0) refused.inc(what.refused);
      if (what.quarantined > 0) quarantined.inc(what.quarantined);
      if (what.redactions > 0) redactions.inc(what.redactions);
    },
  };
}
