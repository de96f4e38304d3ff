import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * Mends what a killed engine leaves behind in the deduplication logs, before the engine opens the data again.
 *
 * The engine writes the token of an INSERT to the log of its table and only then renames the part into place. Killed in
 * between, it knows a token whose rows are not there; the repeated INSERT is then taken for a double, answered as done, and the
 * rows are lost (seen once in 36 kills of `bench/kill`; ClickHouse 26.7, MergeTreeSink: addPart, renameTempPartAndAdd).
 * Both steps happen under the table's lock, with block numbers that only grow: an entry is without its part exactly if
 * its number is higher than that of every part on disk. Such entries are taken out.
 *
 * @returns the entries that were taken out, for the log.
 */
export function mendDeduplicationLogs(engineFolder: string): readonly string[] {
  const removed: string[] = [];
  for (const table of tableFolders(engineFolder)) {
    const logFolder = path.join(table, 'deduplication_logs');
    const highest = highestBlock(list(table));
    for (const name of list(logFolder).filter((each) => LOG_FILE.test(each))) {
      const file = path.join(logFolder, name);
      const { kept, dropped } = judgeEntries(readFileSync(file, 'utf8'), highest);
      if (dropped.length === 0) continue;
      replaceFile(file, kept);
      removed.push(...dropped);
    }
  }
  return removed;
}

const LOG_FILE = /^deduplication_log_\d+\.txt$/;

/** `partition_lowest_highest_level[_mutation]`; what is being written or deleted has a prefix before. */
const PART = /^[^_]+_\d+_(\d+)_\d+(?:_\d+)?$/;

function blockOf(part: string): number | undefined {
  const block = PART.exec(part)?.[1];
  return block === undefined ? undefined : Number(block);
}

function highestBlock(names: readonly string[]): number {
  return names.reduce((highest, name) => Math.max(highest, blockOf(name) ?? 0), 0);
}

/** The lines of a log whose parts may exist, and those whose part cannot; a line that was cut off counts among the second. */
export function judgeEntries(text: string, highestBlockOnDisk: number): { kept: string; dropped: readonly string[] } {
  const lines = text.split('\n');
  const cutOff = lines.pop();
  const dropped = cutOff === undefined || cutOff === '' ? [] : [cutOff];
  const kept = lines.filter((line) => {
    const block = blockOf(line.split('\t')[1] ?? '');
    if (block === undefined || block <= highestBlockOnDisk) return true;
    dropped.push(line);
    return false;
  });
  return { kept: kept.map((line) => `${line}\n`).join(''), dropped };
}

/** Atomic databases keep a table in `store/<three letters>/<uuid>`. */
function tableFolders(engineFolder: string): readonly string[] {
  const store = path.join(engineFolder, 'store');
  return list(store).flatMap((prefix) => list(path.join(store, prefix)).map((uuid) => path.join(store, prefix, uuid)));
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** In one step, so that being killed here leaves the old file or the new one. */
function replaceFile(file: string, text: string): void {
  const fresh = `${file}.mended`;
  const handle = openSync(fresh, 'w', 0o600);
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(fresh, file);
}
