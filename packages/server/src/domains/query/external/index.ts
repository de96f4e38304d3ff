import { externalRows, type ExternalPolicy, type ExternalRead } from '@gatehouse/kql';
import type { Clock } from '../../../platform/clock.ts';
import type { Config } from '../../../platform/config/index.ts';
import { QueryError } from '../errors.ts';
import { readFromFolder } from './folder.ts';
import { fetchText } from './web.ts';

/** The rows of one `externaldata` as `bind` takes them. One reader serves one run: what it has read it does not read again. */
export type ExternalReader = (read: ExternalRead) => Promise<string>;

/** What `externaldata` reads. The server fetches it, never the engine, and only where an administrator has allowed the address. */
export interface ExternalData {
  /** For the catalogue. */
  readonly policy: ExternalPolicy;
  /** Throws `EXTERNAL_DATA_FAILED`, `QUERY_CANCELLED`. */
  reader(signal?: AbortSignal): ExternalReader;
}

interface Kept {
  readonly atMs: number;
  readonly text: string;
}

/** The setting that the compiler names where it refuses an address. */
const SETTING = 'external_data.addresses';

export function createExternalData(settings: Config['externalData'], clock: Clock): ExternalData {
  const { addresses, folder, maxSize, timeoutSeconds, keepMinutes } = settings;
  const policy: ExternalPolicy = { addresses, files: folder !== '', setting: SETTING };
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<string>>();

  /** What was fetched before and is not too old. The oldest go where all together are larger than four files may be. */
  function keep(address: string, text: string): void {
    kept.delete(address);
    kept.set(address, { atMs: clock.now(), text });
    let characters = 0;
    for (const one of kept.values()) characters += one.text.length;
    for (const [oldest, one] of kept) {
      if (characters <= 4 * maxSize) break;
      kept.delete(oldest);
      characters -= one.text.length;
    }
  }

  async function fetched(address: string): Promise<string> {
    try {
      const text = await fetchText(address, { policy, maxSize, timeoutMs: timeoutSeconds * 1000 });
      keep(address, text);
      return text;
    } finally {
      underWay.delete(address);
    }
  }

  async function textOf(address: string): Promise<string> {
    if (!/^https?:/i.test(address)) return readFromFolder(folder, address, maxSize);
    const known = kept.get(address);
    if (known !== undefined && clock.now() - known.atMs < keepMinutes * 60_000) return known.text;
    const asked = underWay.get(address) ?? fetched(address);
    underWay.set(address, asked);
    return asked;
  }

  async function rowsOf(read: ExternalRead): Promise<string> {
    const texts: string[] = [];
    for (const address of read.addresses)
      try {
        texts.push(await textOf(address));
      } catch (error) {
        throw failure(address, error);
      }
    try {
      return externalRows(read, texts);
    } catch (error) {
      throw failure(read.addresses.join(', '), error);
    }
  }

  return {
    policy,
    reader(signal) {
      const read = new Map<string, Promise<string>>();
      return async ({ parameter, ...what }) => {
        const key = JSON.stringify(what);
        const rows = read.get(key) ?? unlessAborted(rowsOf({ parameter, ...what }), signal);
        read.set(key, rows);
        return rows;
      };
    },
  };
}

/** The address without what may be a secret in it: its query. */
function failure(address: string, cause: unknown): QueryError {
  const shown = address.replace(/[?;#].*$/, '');
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new QueryError('EXTERNAL_DATA_FAILED', {
    message: `External data of ${shown} could not be read: ${reason}.`,
    cause,
  });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new QueryError('QUERY_CANCELLED'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
