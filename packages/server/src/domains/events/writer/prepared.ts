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

/** The rows of an event, with the id and arrival time they are stored under. */
export function rowsOf(event: PreparedEvent, uid: string, ingestedAt: string): { table: string; json: string }[] {
  const id = JSON.stringify(uid);
  const head = `{"CompanyId":${event.company},"IngestedAt":"${ingestedAt}","EventUid":${id},`;
  const native = { table: event.table, json: head + event.tail };
  return event.authenticationTail === undefined
    ? [native]
    : [native, { table: AUTHENTICATION_TABLE, json: `${head}"EventOriginalUid":${id},${event.authenticationTail}` }];
}
