import { createWriteStream } from 'node:fs';
import { mkdir, rm, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';

/**
 * Files that a statement reads its rows from or writes its result to. Rows never stand inside a statement's text: an empty
 * line would end them there and the rest would run as SQL.
 */
export interface Spool {
  /**
   * Writes a body to a file in memory, or on disk where memory has not twice the room that the body needs.
   * `expectedBytes` is what the sender announced, where it did. Call `remove` in the end.
   */
  write(body: Readable, expectedBytes: number | undefined): Promise<string>;
  /** A path on disk that does not exist yet, for a result. */
  reserve(): string;
  remove(file: string): Promise<void>;
}

/** Bytes that a body is taken for whose sender announced none. */
const UNANNOUNCED_BYTES = 256 * 1024 * 1024;

/** `fast` is a private folder in memory, `roomy` one on disk; both are emptied. */
export async function openSpool(folders: { readonly fast: string; readonly roomy: string }): Promise<Spool> {
  for (const folder of new Set([folders.fast, folders.roomy])) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  let count = 0;
  const reserveIn = (folder: string) => path.join(folder, String(count++));
  const remove = async (file: string) => {
    await unlink(file).catch(() => undefined);
  };
  return {
    async write(body, expectedBytes = UNANNOUNCED_BYTES) {
      const { bavail, bsize } = await statfs(folders.fast);
      const file = reserveIn(bavail * bsize > 2 * expectedBytes ? folders.fast : folders.roomy);
      const out = createWriteStream(file, { mode: 0o600, flags: 'wx' });
      try {
        await pipeline(body, out);
        return file;
      } catch (error) {
        await remove(file);
        throw error;
      }
    },
    reserve: () => reserveIn(folders.roomy),
    remove,
  };
}
