/** An event ready to be written: decided in everything but its final id and arrival time. */
export interface PreparedEvent {
  readonly company: number;
  readonly table: string;
  readonly uid: string;
  /** `keyOf` it. */
  readonly key: string;
  /** `unique`: the id says that it is one event, so it is stored once. `content`: the id is a hash of the content. */
  readonly identity: 'unique' | 'content';
  /** With a content id: 0 is always stored, 1 or more is a resend. */
  readonly retry: number;
  /** Event time, ms. */
  readonly timeMs: number;
  /** Where the time is the arrival's, a first copy has another: how far back it is looked for. */
  readonly lookbackMs: number;
  /** The row as JSON without its opening brace, company, id and arrival time. */
  readonly tail: string;
  /** The same of the `Authentication` row. */
  readonly authenticationTail: string | undefined;
}

/** What became of an event: stored under its id, or there already. */
export type Outcome = 'stored' | 'duplicate';

export const AUTHENTICATION_TABLE = 'Authentication';

/** Key of an event in the memories: ids are unique in a company's table. */
export function keyOf(event: Pick<PreparedEvent, 'company' | 'table' | 'uid'>, uid = event.uid): string {
  return `${event.company}/${event.table}/${uid}`;
}

/** Adds an event's rows, under the id and arrival time they are stored with, to the JSON lines of their tables. */
export function addRows(lines: Map<string, string[]>, event: PreparedEvent, uid: string, ingestedAt: string): void {
  const id = JSON.stringify(uid);
  const head = `{"CompanyId":${event.company},"IngestedAt":"${ingestedAt}","EventUid":${id},`;
  linesOf(lines, event.table).push(head + event.tail);
  if (event.authenticationTail !== undefined)
    linesOf(lines, AUTHENTICATION_TABLE).push(`${head}"EventOriginalUid":${id},${event.authenticationTail}`);
}

function linesOf(lines: Map<string, string[]>, table: string): string[] {
  let found = lines.get(table);
  if (found === undefined) lines.set(table, (found = []));
  return found;
}
