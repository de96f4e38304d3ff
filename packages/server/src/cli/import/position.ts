import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How far an import of a file has come; kept until it is through, so that an interrupted one goes on. */
export interface Position {
  /** Records that are known to be stored; 0 for a file that is new or has been changed at its beginning or in its size downwards. */
  readonly through: number;
  save(through: number): void;
  /** The file is through. */
  clear(): void;
}

export function positionOf(dataFolder: string, file: string, target: string): Position {
  const folder = path.join(dataFolder, 'imports');
  const stat = statSync(file);
  const identity = `${path.resolve(file)}\n${target}\n${stat.ino}`;
  const place = path.join(folder, `${createHash('sha256').update(identity).digest('hex').slice(0, 32)}.json`);
  return {
    through: readPosition(place, stat.size),
    save(through) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${place}.new`, JSON.stringify({ through, size: stat.size }), { mode: 0o600 });
      renameSync(`${place}.new`, place);
    },
    clear: () => rmSync(place, { force: true }),
  };
}

function readPosition(place: string, size: number): number {
  try {
    const saved = JSON.parse(readFileSync(place, 'utf8')) as { through?: unknown; size?: unknown };
    // A file that only grew begins with what was sent; any other is sent from its start, which stores nothing twice.
    return typeof saved.through === 'number' && typeof saved.size === 'number' && saved.size <= size
      ? saved.through
      : 0;
  } catch {
    return 0;
  }
}
