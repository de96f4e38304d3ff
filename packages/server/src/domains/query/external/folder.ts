import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { decoded, tooLarge } from './text.ts';

/** Reads a file inside the folder, links followed. A name that leads outside is refused, whatever the compiler said of it. */
export async function readFromFolder(folder: string, name: string, maxSize: number): Promise<string> {
  const root = await realpath(folder);
  const file = await realpath(path.resolve(root, name)).catch(() => undefined);
  if (file?.startsWith(root + path.sep) !== true) throw new Error('the folder has no such file');
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > maxSize) throw tooLarge(maxSize);
    return await decoded(await handle.readFile(), maxSize);
  } finally {
    await handle.close();
  }
}
