import type { Company } from '../identity/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PrincipalCompany } from '../../platform/access/index.ts';
import { decodeRecord } from './decoders/index.ts';
import { EventError, FieldError } from './errors.ts';
import type { NativeEvent } from './event.ts';
import type { Metrics } from './metrics.ts';
import type { QuarantineEntry } from './quarantine.ts';
import { isRecord } from './record.ts';
import { jsonOf, shapeDerivedRow, shapeOf, shapeRow, type TableShape } from './shape.ts';
import type { TableRegistry } from './customTables.ts';
import { storeTime, zoneOf } from './time/index.ts';
import { contentUid } from './uid.ts';
import { AUTHENTICATION_TABLE, keyOf, type PreparedEvent } from './writer/prepared.ts';
import type { Writer } from './writer/writer.ts';

export type IngestCompany = Pick<PrincipalCompany | Company, 'number' | 'timeZone'>;

export interface IngestOptions {
  /** Who sends, for the quarantine: a key's prefix, a file's name. */
  readonly source?: string;
  /** Place of each record in what was sent; default 0, 1, 2 … */
  readonly indexes?: readonly number[];
  /** How often the sender had tried before, where the records do not say it themselves. */
  readonly retry?: number;
  /** The sender's id of the whole batch: with a record's place it is the id of a record that has none. */
  readonly idempotencyKey?: string;
  /** For files: how many equal records came before this one in the file. Makes a second import store nothing. */
  readonly ordinals?: ReadonlyMap<number, number>;
  /** IANA zone for times without one; default: the company's. */
  readonly zone?: string;
  /** Order of day and month where a date is ambiguous; default day first. */
  readonly order?: 'day-first' | 'month-first';
  /** Hold the call while the queue is full, instead of refusing it. */
  readonly wait?: boolean;
  /** Answer only when the rows are visible to queries. */
  readonly visible?: boolean;
}

export interface Refusal {
  readonly index: number;
  readonly field: string;
  readonly reason: string;
}

export interface IngestOutcome {
  readonly stored: number;
  /** Sent before: there already. */
  readonly duplicates: number;
  readonly refused: readonly Refusal[];
  /** How many of the refused are in the quarantine. */
  readonly quarantined: number;
  /** Stored and duplicate events by the table they belong to. */
  readonly tables: Readonly<Record<string, number>>;
}

export interface Ingest {
  /**
   * Stores what can be stored of `records` for one company; resolves when that is on disk.
   * @throws EventError TABLE_UNKNOWN, QUEUE_FULL, STOPPING, JOURNAL_UNAVAILABLE, STORE_BEHIND; StoreError.
   */
  ingest(
    company: IngestCompany,
    table: string,
    records: readonly unknown[],
    options?: IngestOptions,
  ): Promise<IngestOutcome>;
}

export interface IngestDependencies {
  readonly clock: Clock;
  readonly tables: TableRegistry;
  readonly writer: Pick<Writer, 'submit'>;
  readonly quarantine: { keep(company: number, entries: readonly QuarantineEntry[]): Promise<number> };
  readonly metrics: Metrics;
}

/** Where a record without a time of its own is a resend, its first copy arrived at most this long ago. */
const ARRIVAL_LOOKBACK_MS = 86_400_000;

export function createIngest({ clock, tables, writer, quarantine, metrics }: IngestDependencies): Ingest {
  const shapes = new WeakMap<object, TableShape>();
  const findShape = async (company: number, name: string): Promise<TableShape | undefined> => {
    const table = await tables.find(company, name);
    if (table === undefined) return undefined;
    let shape = shapes.get(table);
    if (shape === undefined) shapes.set(table, (shape = shapeOf(table)));
    return shape;
  };
  return {
    async ingest(company, table, records, options = {}) {
      const target = await findShape(company.number, table);
      if (target === undefined)
        throw new EventError('TABLE_UNKNOWN', { details: [{ field: 'table', reason: 'is no table of this company' }] });
      const authenticationShape = await findShape(company.number, AUTHENTICATION_TABLE);
      const others = await Promise.all(SIBLINGS.map((name) => findShape(company.number, name)));
      const shapeByName = new Map(
        [target, authenticationShape, ...others].flatMap((shape) =>
          shape === undefined ? [] : [[shape.name, shape] as const],
        ),
      );
      const context = {
        table,
        zone: zoneOf(options.zone ?? company.timeZone),
        order: options.order ?? 'day-first',
        arrivalMs: clock.now(),
      } as const;
      const prepared: PreparedEvent[] = [];
      const refused: Refusal[] = [];
      const kept: QuarantineEntry[] = [];
      let redactions = 0;
      for (const [place, record] of records.entries()) {
        const index = options.indexes?.[place] ?? place;
        try {
          if (!isRecord(record)) throw new FieldError('', 'is not a JSON object');
          const event = decodeRecord(record, context);
          const made = prepare(event, company.number, index, shapeByName, options);
          prepared.push(made.event);
          redactions += made.redactions;
        } catch (error) {
          const { field, reason } = refusalOf(error);
          refused.push({ index, field, reason });
          kept.push({ table, source: options.source ?? '', field, reason, text: textOf(record) });
        }
      }
      const outcomes = prepared.length === 0 ? [] : await writer.submit(prepared, options);
      const quarantined = await quarantine.keep(company.number, kept);
      const byTable: Record<string, number> = {};
      let stored = 0;
      for (const [index, outcome] of outcomes.entries()) {
        const name = prepared[index]?.table ?? table;
        byTable[name] = (byTable[name] ?? 0) + 1;
        if (outcome === 'stored') stored += 1;
      }
      const duplicates = outcomes.length - stored;
      metrics.ingested({ stored: byTable, duplicates, refused: refused.length, quarantined, redactions });
      return { stored, duplicates, refused, quarantined, tables: byTable };
    },
  };
}

/** What a refused record is answered with. A stack that ran out means nesting beyond any event's; other errors are our own. */
function refusalOf(error: unknown): { readonly field: string; readonly reason: string } {
  if (error instanceof FieldError) return error;
  if (error instanceof RangeError) return { field: '', reason: 'is nested too deeply' };
  throw error;
}

function textOf(record: unknown): string {
  try {
    return JSON.stringify(record);
  } catch {
    return '';
  }
}

/** Tables that a record may belong to though it was sent to another. */
const SIBLINGS = ['SecurityEvent', 'WindowsEvent'] as const;

function identityOf(
  event: NativeEvent,
  index: number,
  options: IngestOptions,
): Pick<PreparedEvent, 'uid' | 'identity' | 'retry'> {
  const retry = Math.max(event.retry, options.retry ?? 0);
  if (event.senderUid !== undefined) return { uid: event.senderUid, identity: 'unique', retry };
  if (options.idempotencyKey !== undefined)
    return { uid: `${options.idempotencyKey}/${index}`, identity: 'unique', retry };
  const uid = contentUid(event.table, event.content);
  if (options.ordinals === undefined) return { uid, identity: 'content', retry };
  const ordinal = options.ordinals.get(index) ?? 0;
  return { uid: ordinal === 0 ? uid : `${uid}#${ordinal}`, identity: 'unique', retry };
}

/** An event as the writer takes it: its rows are JSON but for what is only known when they are written. */
function prepare(
  event: NativeEvent,
  company: number,
  index: number,
  shapes: ReadonlyMap<string, TableShape>,
  options: IngestOptions,
): { event: PreparedEvent; redactions: number } {
  const shape = shapes.get(event.table);
  if (shape === undefined) throw new FieldError('', `belongs to ${event.table}, which is no table here`);
  const { time } = event;
  const written = storeTime(time.ms, time.ticks);
  const about = `"TimeGenerated":"${written}","TimeReading":${jsonOf(time.reading)},"TimeFlag":"${time.flag}"`;
  const { tail, redactions } = shapeRow(shape, `${about},"Type":"${event.table}"`, event.fields, event.strict);
  const identity = identityOf(event, index, options);
  const authentication = shapes.get(AUTHENTICATION_TABLE);
  const span = `"EventStartTime":"${written}","EventEndTime":"${written}"`;
  const authenticationTail =
    event.authentication === undefined || authentication === undefined
      ? undefined
      : shapeDerivedRow(
          authentication,
          `${about},${span},"Type":"${AUTHENTICATION_TABLE}"`,
          event.authentication,
          redactions > 0,
        );
  return {
    event: {
      company,
      table: event.table,
      ...identity,
      key: keyOf({ company, table: event.table, uid: identity.uid }),
      timeMs: time.ms,
      lookbackMs: time.reading.startsWith('arrival') ? ARRIVAL_LOOKBACK_MS : 0,
      tail,
      authenticationTail,
    },
    redactions,
  };
}
