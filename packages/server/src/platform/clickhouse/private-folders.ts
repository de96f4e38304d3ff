import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Longest path of a Unix socket (sun_path of unix(7) has 108 bytes with the closing zero), less the file's own name. */
const SOCKET_FOLDER_LIMIT_BYTES = 107 - '/store.sock'.length;

/** Where rows wait on their way into the engine: memory, where the machine has such a folder. */
const MEMORY_FOLDER = '/dev/shm';

export interface PrivateFolders {
  /** Holds the socket; mode 0700. */
  readonly run: string;
  /** In memory where possible. */
  readonly fastSpool: string;
  /** In the data folder. */
  readonly roomySpool: string;
  remove(): void;
}

/** Makes the folders that belong to one server process and its child; nobody else can look into them. */
export function privateFolders(folder: string): PrivateFolders {
  const inData = path.join(folder, 'run');
  const tooLong = Buffer.byteLength(inData) > SOCKET_FOLDER_LIMIT_BYTES;
  const run = tooLong ? mkdtempSync(path.join(os.tmpdir(), 'gh-')) : inData;
  mkdirSync(run, { recursive: true, mode: 0o700 });
  const roomySpool = path.join(folder, 'spool');
  const inMemory = memoryFolder(folder);
  return {
    run,
    roomySpool,
    fastSpool: inMemory ?? path.join(folder, 'spool-fast'),
    remove() {
      if (inMemory !== undefined) rmSync(inMemory, { recursive: true, force: true });
      if (tooLong) rmSync(run, { recursive: true, force: true });
    },
  };
}

/**
 * A folder in memory named after the data folder, so that one left behind by a killed server is found again and emptied.
 * Undefined where there is none, or where somebody else was there first.
 */
function memoryFolder(folder: string): string | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const candidate = path.join(MEMORY_FOLDER, `gatehouse-${user}-${name}`);
  try {
    mkdirSync(candidate, { mode: 0o700 });
    return candidate;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return undefined;
  }
  const found = lstatSync(candidate);
  return found.isDirectory() && found.uid === user && (found.mode & 0o077) === 0 ? candidate : undefined;
}
