import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './errors.ts';

/**
 * A child whose server was killed ends by itself when its channel closes. One that hangs does not, and holds the data's lock:
 * the next server finds it by this record and ends it. A child whose server lives is left alone.
 */
interface ChildRecord {
  readonly pid: number;
  /** The kernel's start time of the process: process ids are used again, pairs of both are not. */
  readonly startedAt: string;
  readonly parentPid: number;
  readonly parentStartedAt: string;
}

/** A server that was told to end a moment ago may still be ending. */
const PARENT_ENDING_MS = 1_000;

const WAIT_FOR_OWN_END_MS = 5_000;

function recordFile(folder: string): string {
  return path.join(folder, 'child.json');
}

/** Field 22 of /proc/pid/stat (proc(5)), or undefined where there is no such process or no /proc. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function rememberChild(folder: string, pid: number | undefined): void {
  const startedAt = pid === undefined ? undefined : startTime(pid);
  const parentStartedAt = startTime(process.pid);
  if (pid === undefined || startedAt === undefined || parentStartedAt === undefined) return;
  const record: ChildRecord = { pid, startedAt, parentPid: process.pid, parentStartedAt };
  writeFileSync(recordFile(folder), JSON.stringify(record), { mode: 0o600 });
}

export function forgetChild(folder: string): void {
  rmSync(recordFile(folder), { force: true });
}

function readRecord(folder: string): ChildRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(folder), 'utf8')) as ChildRecord;
  } catch {
    return undefined;
  }
}

/** Ends a child that outlived its server; fails with `STORE_LOCKED` when its server is alive. */
export async function endOrphan(folder: string): Promise<void> {
  const record = readRecord(folder);
  if (record === undefined) return;
  const lives = () => startTime(record.pid) === record.startedAt;
  if (!lives()) {
    forgetChild(folder);
    return;
  }
  const parentLives = () => startTime(record.parentPid) === record.parentStartedAt;
  const patience = performance.now() + PARENT_ENDING_MS;
  while (parentLives()) {
    if (performance.now() > patience) throw new StoreError('STORE_LOCKED');
    await sleep(50);
  }
  const deadline = performance.now() + WAIT_FOR_OWN_END_MS;
  while (lives() && performance.now() < deadline) await sleep(50);
  if (lives()) process.kill(record.pid, 'SIGKILL');
  while (lives()) await sleep(20);
  forgetChild(folder);
}
