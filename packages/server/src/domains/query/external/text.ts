import { gunzip } from 'node:zlib';

/** The text of a file: unpacked where it is gzip, UTF-16 where its first bytes say so, otherwise UTF-8. */
export async function decoded(bytes: Uint8Array, maxSize: number): Promise<string> {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpacked(bytes, maxSize) : bytes;
  if (plain[0] === 0x50 && plain[1] === 0x4b && plain[2] === 0x03 && plain[3] === 0x04)
    throw new Error('ZIP archives are not supported');
  if (plain[0] === 0xff && plain[1] === 0xfe) return new TextDecoder('utf-16le').decode(plain);
  return new TextDecoder().decode(plain);
}

function unpacked(bytes: Uint8Array, maxSize: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: maxSize }, (error, result) => {
      if (error === null) resolve(result);
      else reject((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxSize) : error);
    });
  });
}

export function tooLarge(maxSize: number): Error {
  return new Error(`it is larger than ${maxSize} bytes`);
}
