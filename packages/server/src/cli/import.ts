import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../platform/config/index.ts';
import { openLocalApi, type LocalApi } from './api.ts';
import { CommandError, findCompany, messageOf, type Company } from './company.ts';
import { batchesOf, type Batch } from './import/batches.ts';
import { FORMATS, ImportError, recordsOf, type Format } from './import/lines.ts';
import { positionOf } from './import/position.ts';

const HELP = `usage: gatehouse import FILE… --table TABLE [options]

Imports log files of any size into a table. Records that are there already are not stored again, so an import may be
repeated; one that was interrupted goes on where it was. .gz and .zip files are unpacked on the way.
  --table TABLE      the log table, e.g. SecurityEvent; Windows events of other channels go to WindowsEvent by themselves
  --format FORMAT    ndjson, csv or json (one array); default: by the name and the first character
  --company COMPANY  name, number or id; needed where there are several
  --zone ZONE        IANA zone of times without one; default: the company's
  --order ORDER      day-first or month-first, for dates that can be read both ways`;

export interface Plan {
  readonly table: string;
  readonly format: Format | undefined;
  readonly company: Company;
  readonly query: string;
  readonly dataFolder: string;
}

export interface Totals {
  read: number;
  stored: number;
  duplicates: number;
  refused: number;
  readonly tables: Map<string, number>;
  readonly reasons: Map<string, number>;
}

/** Requests under way at once: one is decoded while the one before is written. */
const IN_FLIGHT = 3;
/** How often a request is tried that the server could not take at the moment, and the longest pause between. */
const TRIES = 60;
const LONGEST_PAUSE_MS = 5_000;

export async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      table: { type: 'string' },
      format: { type: 'string' },
      company: { type: 'string' },
      zone: { type: 'string' },
      order: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const { table, format, zone, order } = values;
  const missing = positionals.find((file) => !existsSync(file) || !statSync(file).isFile());
  const problem =
    positionals.length === 0
      ? 'name at least one file'
      : missing !== undefined
        ? `${missing}: there is no such file`
        : table === undefined
          ? 'name the table with --table'
          : format !== undefined && !(FORMATS as readonly string[]).includes(format)
            ? `--format is one of ${FORMATS.join(', ')}`
            : undefined;
  if (problem !== undefined || table === undefined) {
    console.error(`gatehouse import: ${problem ?? ''}\n\n${HELP}`);
    return 2;
  }
  const { dataFolder } = readConfig({ env: process.env, cwd: process.cwd() });
  const api = await openLocalApi();
  try {
    const company = await findCompany(api, values.company);
    const query = new URLSearchParams({
      ...(zone === undefined ? {} : { zone }),
      ...(order === undefined ? {} : { order }),
    }).toString();
    const plan: Plan = { table, format: format as Format | undefined, company, query, dataFolder };
    for (const file of positionals) report(file, await importFile(api, file, plan), plan);
    return 0;
  } catch (error) {
    if (!(error instanceof ImportError || error instanceof CommandError)) throw error;
    console.error(`gatehouse import: ${error.message}`);
    return 1;
  } finally {
    await api.close();
  }
}

/** Sends one file; resolves when its last record is visible to queries. @throws ImportError; what was sent until then is stored. */
export async function importFile(api: Pick<LocalApi, 'call'>, file: string, plan: Plan): Promise<Totals> {
  const totals: Totals = { read: 0, stored: 0, duplicates: 0, refused: 0, tables: new Map(), reasons: new Map() };
  const position = positionOf(plan.dataFolder, file, `${plan.company.id}/${plan.table}/${plan.query}`);
  const bar = progressBar(path.basename(file), statSync(file).size);
  if (position.through > 0) console.error(`${file}: goes on after record ${position.through}`);
  const records = recordsOf(file, plan.format, bar.bytes);
  const underWay: { readonly batch: Batch; readonly done: Promise<void> }[] = [];
  const oldest = async (): Promise<void> => {
    const first = underWay.shift();
    if (first === undefined) return;
    await first.done;
    position.save(first.batch.through);
    bar.records(first.batch.through);
  };
  try {
    for await (const batch of batchesOf(records, position.through)) {
      const done = send(api, batch, plan, totals);
      done.catch(() => undefined);
      underWay.push({ batch, done });
      if (underWay.length >= IN_FLIGHT) await oldest();
    }
    while (underWay.length > 0) await oldest();
    position.clear();
  } finally {
    bar.end();
    await Promise.allSettled(underWay.map(({ done }) => done));
  }
  return totals;
}

interface Answer {
  readonly stored: number;
  readonly duplicates: number;
  readonly refused: readonly { readonly field: string; readonly reason: string }[];
  readonly tables: Readonly<Record<string, number>>;
}

async function send(api: Pick<LocalApi, 'call'>, batch: Batch, plan: Plan, totals: Totals): Promise<void> {
  const query = [plan.query, batch.last ? 'visible=1' : ''].filter((part) => part !== '').join('&');
  const path = `/api/logs/${encodeURIComponent(plan.table)}${query === '' ? '' : `?${query}`}`;
  const headers = {
    'content-type': 'application/x-ndjson',
    'x-company': plan.company.id,
    'x-ordinals': batch.ordinals,
  };
  const body = batch.lines.join('\n');
  for (let attempt = 1; ; attempt += 1) {
    const answer = await api.call('POST', path, { body, headers });
    if ((answer.status === 429 || answer.status === 503) && attempt < TRIES) {
      await sleep(Math.min(LONGEST_PAUSE_MS, 200 * attempt));
      continue;
    }
    totals.read += batch.lines.length;
    if (answer.status === 200) add(totals, batch, JSON.parse(answer.text) as Answer);
    else if (isRefusal(answer.status, answer.text)) add(totals, batch, refusalOf(answer.text));
    else throw new ImportError(`the server answered ${answer.status}: ${messageOf(answer.text)}`);
    return;
  }
}

/** Every record of a batch was wrong: that is counted, and the next batch is another matter. */
function isRefusal(status: number, text: string): boolean {
  return (
    status === 400 &&
    /"code":"(?:EVENT_REFUSED|JSON_MALFORMED)"/.test(text) &&
    !/"field":"(?:zone|order|retry)"/.test(text)
  );
}

function refusalOf(text: string): Answer {
  const { error } = JSON.parse(text) as { error: { details: Answer['refused'] } };
  return { stored: 0, duplicates: 0, refused: error.details, tables: {} };
}

function add(totals: Totals, batch: Batch, answer: Answer): void {
  totals.stored += answer.stored;
  totals.duplicates += answer.duplicates;
  totals.refused += batch.lines.length - answer.stored - answer.duplicates;
  for (const [table, count] of Object.entries(answer.tables))
    totals.tables.set(table, (totals.tables.get(table) ?? 0) + count);
  for (const { field, reason } of answer.refused) {
    const text = `${field.replace(/^\/\d+\/?/, '')} ${reason}`.trim();
    totals.reasons.set(text, (totals.reasons.get(text) ?? 0) + 1);
  }
}

function report(file: string, totals: Totals, plan: Plan): void {
  console.log(
    `${file}: ${totals.read} records for ${plan.company.name}: ${totals.stored} stored, ${totals.duplicates} there already, ${totals.refused} refused`,
  );
  for (const [table, count] of [...totals.tables].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`  ${table}: ${count}${table === plan.table ? '' : ` (sent to ${plan.table}, belongs here)`}`);
  for (const [reason, count] of [...totals.reasons].slice(0, 5))
    console.log(`  refused, in the quarantine: ${reason} (${count} of those shown)`);
}

/** A bar on a terminal, nothing elsewhere. */
function progressBar(name: string, size: number) {
  const shown = process.stderr.isTTY;
  const beganMs = performance.now();
  let bytes = 0;
  let records = 0;
  let drawnMs = 0;
  const draw = (): void => {
    const nowMs = performance.now();
    if (!shown || nowMs - drawnMs < 100) return;
    drawnMs = nowMs;
    const share = size === 0 ? 1 : Math.min(1, bytes / size);
    const filled = Math.round(share * 30);
    const rate = Math.round(records / Math.max(0.001, (nowMs - beganMs) / 1000));
    process.stderr.write(
      `\r${name.slice(0, 30)} [${'█'.repeat(filled)}${'·'.repeat(30 - filled)}] ${Math.floor(share * 100)} % ${records} records, ${rate}/s `,
    );
  };
  return {
    bytes: (count: number) => {
      bytes += count;
      draw();
    },
    records: (count: number) => {
      records = count;
      draw();
    },
    end: () => {
      if (shown) process.stderr.write('\r\x1b[2K');
    },
  };
}
