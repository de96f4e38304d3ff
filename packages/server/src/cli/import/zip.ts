import { open, type FileHandle } from 'node:fs/promises';
import { ImportError } from './lines.ts';

/** Where a file's bytes stand in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
  /** Deflated; otherwise as they are. */
  readonly packed: boolean;
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_SIZE = 22;
const LOCAL_SIZE = 30;

/**
 * The files in an archive, without folders and empty files. Stored and deflated ones are known; encrypted and ZIP64 archives are
 * refused. Source: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export async function zipEntries(file: string): Promise<ZipEntry[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const tail = await read(handle, Math.max(0, size - END_SIZE - 0xffff), size);
    let at = tail.length - END_SIZE;
    while (at >= 0 && tail.readUInt32LE(at) !== END_SIGNATURE) at -= 1;
    if (at < 0) throw new ImportError('the file is no ZIP archive');
    const count = tail.readUInt16LE(at + 10);
    const from = tail.readUInt32LE(at + 16);
    if (count === 0xffff || from === 0xffffffff) throw new ImportError('ZIP64 archives are not read: unpack it first');
    return await readDirectory(handle, await read(handle, from, from + tail.readUInt32LE(at + 12)), count);
  } finally {
    await handle.close();
  }
}

async function readDirectory(handle: FileHandle, directory: Buffer, count: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE)
      throw new ImportError("the archive's directory is damaged");
    const method = directory.readUInt16LE(at + 10);
    const packedSize = directory.readUInt32LE(at + 20);
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    const local = directory.readUInt32LE(at + 42);
    if ((directory.readUInt16LE(at + 8) & 1) === 1) throw new ImportError(`${name} is encrypted`);
    if (method !== 0 && method !== 8) throw new ImportError(`${name} is packed in a way that is not known (${method})`);
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (name.endsWith('/') || packedSize === 0) continue;
    const head = await read(handle, local, local + LOCAL_SIZE);
    const start = local + LOCAL_SIZE + head.readUInt16LE(26) + head.readUInt16LE(28);
    entries.push({ name, start, end: start + packedSize - 1, packed: method === 8 });
  }
  return entries;
}

async function read(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
  if (bytesRead < buffer.length) throw new ImportError('the archive is cut off');
  return buffer;
}
