import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A 32-byte key for one purpose, so that no two uses share one. HKDF-SHA-256, RFC 5869; `purpose` is its info. */
export function deriveKey(secretKey: string, purpose: string): Buffer {
  if (secretKey === '') throw new TypeError('the secret key is empty');
  return Buffer.from(hkdfSync('sha256', secretKey, 'gatehouse', purpose, 32));
}

/**
 * The installation's own secret: the one in `secret.key` of the data folder (mode 0600), made on the first start. Used where
 * the configuration names none.
 */
export function installationSecret(dataFolder: string): string {
  const file = path.join(dataFolder, 'secret.key');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    try {
      writeFileSync(file, randomBytes(32).toString('hex') + '\n', { mode: 0o600, flag: 'wx', flush: true });
    } catch (error) {
      // Another process was faster: its secret is the one.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return readFileSync(file, 'utf8').trim();
}
