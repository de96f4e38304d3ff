import type { LocalApi } from './api.ts';

/** Why a command cannot be done, in the words of whoever called it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface Company {
  readonly id: string;
  readonly number: number;
  readonly name: string;
}

/** The company that is meant by a name, number or id; the only one where nothing is said. @throws CommandError */
export async function findCompany(api: Pick<LocalApi, 'call'>, wanted: string | undefined): Promise<Company> {
  const answer = await api.call('GET', '/api/companies');
  if (answer.status !== 200) throw new CommandError(`the server answered ${answer.status}: ${messageOf(answer.text)}`);
  const { companies } = JSON.parse(answer.text) as { companies: readonly Company[] };
  const found = companies.filter(
    (one) =>
      wanted === undefined ||
      one.id === wanted ||
      String(one.number) === wanted ||
      one.name.toLowerCase() === wanted.toLowerCase(),
  );
  const [company] = found;
  if (company !== undefined && found.length === 1) return company;
  const names = companies.map((one) => `${one.number} ${one.name}`).join(', ');
  if (companies.length === 0) throw new CommandError('there is no company yet: start the server and set it up first');
  throw new CommandError(
    `${wanted === undefined ? 'name the company with --company' : `there is no company ${wanted}`} (there are: ${names})`,
  );
}

/** What an answer that is no success says. */
export function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as {
      error?: { message?: string; details?: { field: string; reason: string }[] };
    };
    const [detail] = error?.details ?? [];
    return `${error?.message ?? text.slice(0, 200)}${detail === undefined ? '' : ` (${detail.field} ${detail.reason})`}`;
  } catch {
    return text.slice(0, 200);
  }
}
