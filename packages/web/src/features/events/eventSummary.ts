/** What the live page says of an event at a glance. */
export interface EventSummary {
  readonly time: unknown;
  readonly what: string;
  readonly who: string;
  readonly where: string;
  readonly address: string;
  readonly result: string;
  /** `people`: somebody; `machines`: a computer, service or system account; undefined: the event does not say. */
  readonly actor: 'people' | 'machines' | undefined;
}

/** Columns that can hold each part, the best first, over all tables: the first that is there and not empty is shown. */
const PARTS = {
  what: [
    'EventType',
    'Activity',
    'OperationName',
    'EventId',
    'CsMethod',
    'csMethod',
    'ResultDescription',
    'SyslogMessage',
    'EventID',
  ],
  who: [
    'TargetUsername',
    'UserName',
    'UserPrincipalName',
    'TargetUserName',
    'TargetAccount',
    'Account',
    'ActorUsername',
    'UserId',
    'csUserName',
    'CsUsername',
    'Identity',
  ],
  where: [
    'TargetHostname',
    'DvcHostname',
    'ComputerName',
    'WorkstationName',
    'Computer',
    'AppDisplayName',
    'TargetAppName',
    'HostName',
    'Host',
    '_ResourceId',
  ],
  address: ['SrcIpAddr', 'IPAddress', 'IpAddress', 'ClientIP', 'cIP', 'CIp', 'HostIP', 'SourceIp'],
  result: [
    'EventResultDetails',
    'EventResult',
    'FailureReason',
    'ResultType',
    'Result',
    'Status',
    'ScStatus',
    'SeverityLevel',
    'Level',
  ],
} as const;

function firstOf(row: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  for (const name of names) {
    const value = row[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return '';
}

/** ASIM's UserType values that are no people (ASIM, "The user entity"). */
const MACHINE_TYPES: ReadonlySet<string> = new Set([
  'Machine',
  'System',
  'Service',
  'Application',
  'Service Principal',
]);
/** Windows's own accounts for drawing the screen, and computer accounts. */
const MACHINE_NAME = /(?:^|\\)(?:DWM-\d+|UMFD-\d+|SYSTEM|LOCAL SERVICE|NETWORK SERVICE|ANONYMOUS LOGON)$|\$(?:@|$)/i;

function actorOf(row: Readonly<Record<string, unknown>>, who: string): EventSummary['actor'] {
  const type = firstOf(row, ['TargetUserType', 'ActorUserType', 'AccountType']);
  if (MACHINE_TYPES.has(type)) return 'machines';
  if (MACHINE_NAME.test(who)) return 'machines';
  if (who === '') return undefined;
  return 'people';
}

/** Sums a row of any table up. A table that nobody foresaw still shows its time, its name and whatever it shares with the others. */
export function summarise(table: string, row: Readonly<Record<string, unknown>>): EventSummary {
  const who = firstOf(row, PARTS.who);
  return {
    time: row.TimeGenerated,
    what: firstOf(row, PARTS.what) || table,
    who,
    where: firstOf(row, PARTS.where),
    address: firstOf(row, PARTS.address),
    result: firstOf(row, PARTS.result),
    actor: actorOf(row, who),
  };
}
