import { existsSync, readFileSync, statSync } from 'node:fs';
import type { LocalApi } from '../api.ts';
import { CommandError, findCompany, messageOf } from '../company.ts';

export type Api = Pick<LocalApi, 'call'>;

/** Whose functions or lists a command is about: a company's, or what every company has. */
export interface Shelf {
  /** Null: every company's. */
  readonly company: number | null;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws CommandError */
export async function shelfOf(
  api: Api,
  options: { readonly company?: string | undefined; readonly global?: boolean | undefined },
): Promise<Shelf> {
  if (options.global === true) {
    if (options.company !== undefined) throw new CommandError('--company and --global exclude each other');
    return { company: null, name: 'every company', headers: {} };
  }
  const { id, number, name } = await findCompany(api, options.company);
  return { company: number, name, headers: { 'x-company': id } };
}

interface Fault {
  readonly field?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly line?: number;
  readonly column?: number | string;
  readonly frame?: string;
}

/** Asks the server; `describe` says in whose words a refusal's details are told. @throws CommandError */
export async function request(
  api: Api,
  shelf: Shelf,
  [method, path, body]: readonly [method: string, path: string, body?: object],
  describe: (fault: Fault) => string = ({ reason, message }) => reason ?? message ?? '',
): Promise<string> {
  const { status, text } = await api.call(method, path, {
    headers: { ...shelf.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (status < 300) return text;
  const faults = faultsOf(text);
  throw new CommandError(
    faults.length === 0 ? messageOf(text) : faults.map((fault) => describe(fault).trim()).join('\n'),
  );
}

function faultsOf(text: string): readonly Fault[] {
  try {
    return (JSON.parse(text) as { error?: { details?: readonly Fault[] } }).error?.details ?? [];
  } catch {
    return [];
  }
}

/** @throws CommandError where it is no file, or no UTF-8. */
export function readText(file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) throw new CommandError(`${file}: there is no such file`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch {
    throw new CommandError(`${file}: is not UTF-8`);
  }
}

/** Runs a command on the API. Exit codes: 0 done, 1 refused. */
export async function onApi(command: string, work: (api: Api) => Promise<string>): Promise<number> {
  // Brings the whole server along, which a help text has no need of.
  const { openLocalApi } = await import('../api.ts');
  const api = await openLocalApi();
  try {
    process.stdout.write(await work(api));
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`gatehouse ${command}: ${error.message}`);
    return 1;
  } finally {
    await api.close();
  }
}
