import {
  account,
  distinct,
  fields,
  groups,
  hasWord,
  lastPart,
  ofPerson,
  security,
  text,
  timeMs,
  type Raw,
} from './recordings.ts';

export interface PublicRule {
  /** The end of the rule's id in the shared folder; its text stays there. */
  readonly id: string;
  /** What is replaced so that the rule says something about the recordings: from, to. */
  readonly change?: readonly (readonly [string, string])[];
  /** When it runs; default the end of the last recording. */
  readonly at?: string;
  /** The rows it has to give, computed from the raw lines. */
  readonly rows: (records: readonly Raw[]) => number;
}

const OCTOBER = Date.parse('2020-10-01T00:00:00Z');
const BETWEEN = [
  ['{{StartTimeISO}}', '2020-10-01T00:00:00Z'],
  ['{{EndTimeISO}}', '2020-10-22T09:00:00Z'],
] as const;
const SEPTEMBER_4 = '2020-09-04T07:10:00Z';
const SEPTEMBER_14 = '2020-09-14T12:07:00Z';
const computer = (record: Raw): string => text(record, 'Hostname');

function createdAndDeleted(records: readonly Raw[]): number {
  return security(records, 4720)
    .filter(ofPerson)
    .flatMap((made) =>
      security(records, 4726)
        .filter(ofPerson)
        .filter((gone) => {
          const took = timeMs(gone) - timeMs(made);
          return (
            computer(gone) === computer(made) &&
            gone.TargetUserName === made.TargetUserName &&
            took >= 0 &&
            took < 600_000
          );
        }),
    ).length;
}

const remote = (records: readonly Raw[]): Raw[] =>
  security(records, 4624).filter((one) => text(one, 'LogonType') === '10');

export const RULES: readonly PublicRule[] = [
  {
    id: 'SecurityEvent/User Logons By Logon Type.yaml',
    rows: (all) => distinct(security(all, 4624, 4625).filter(ofPerson), fields('LogonType')),
  },
  {
    id: 'SecurityEvent/UserAccountAddedToPrivlegeGroup.yaml',
    rows: (all) =>
      security(all, 4728, 4732, 4756).filter(
        (one) =>
          ofPerson(one) &&
          /S-1-5-32-5\d\d$|S-1-5-21-\d*-\d*-\d*-(?:5\d\d|1102|1103)$/.test(text(one, 'TargetSid')) &&
          one.TargetSid !== 'S-1-5-32-555',
      ).length,
  },
  { id: 'Hunting Queries/SecurityEvent/UserAccountCreatedDeleted.yaml', rows: createdAndDeleted },
  { id: 'Detections/SecurityEvent/UserAccountCreatedDeleted_10m.yaml', at: SEPTEMBER_14, rows: createdAndDeleted },
  {
    id: 'SecurityEvent/powershell_downloads.yaml',
    change: [['"http:"', '"-enc"']],
    rows: (all) =>
      security(all, 4688).filter(
        (one) =>
          ['powershell.exe', 'powershell_ise.exe', 'pwsh.exe'].includes(
            lastPart(text(one, 'NewProcessName')).toLowerCase(),
          ) && /-enc|net\.webclient|downloadfile|invoke-webrequest/i.test(text(one, 'CommandLine')),
      ).length,
  },
  {
    id: 'SecurityEvent/HostsWithNewLogons.yaml',
    change: BETWEEN,
    rows: (all) => {
      const key = fields('Hostname', 'TargetUserName');
      const logons = security(all, 4624);
      const later = groups(
        logons.filter((one) => timeMs(one) >= OCTOBER),
        key,
      );
      return [
        ...groups(
          logons.filter((one) => timeMs(one) < OCTOBER),
          key,
        ).keys(),
      ].filter((one) => !later.has(one)).length;
    },
  },
  {
    id: 'SecurityEvent/Least_Common_Process_Command_Lines.yaml',
    change: [['{{StartTimeISO}}', '2020-09-05T00:00:00Z'], BETWEEN[1]],
    rows: (all) =>
      [
        ...groups(
          security(all, 4688).filter((one) => !/conhost\.exe$/i.test(text(one, 'NewProcessName'))),
          fields('CommandLine'),
        ).values(),
      ].filter(({ length }) => length < 5).length,
  },
  {
    id: 'SecurityEvent/RareProcess_forWinHost.yaml',
    change: BETWEEN,
    rows: (all) => {
      const found = [...groups(security(all, 4688), fields('Hostname', 'NewProcessName')).values()].map((group) => ({
        name: text(group[0] ?? {}, 'NewProcessName'),
        full: group.length,
        count: group.filter((one) => timeMs(one) >= OCTOBER).length,
      }));
      const basic = found.filter(({ count }) => count > 0 && count < 100);
      return basic.filter(({ name, count }) => {
        const same = basic.filter((one) => one.name === name);
        const average = same.reduce((sum, one) => sum + one.full, 0) / same.length;
        return count < 14 || count <= average * 0.01;
      }).length;
    },
  },
  {
    id: 'SecurityEvent/RemoteLoginPerformedwithWMI.yaml',
    change: [['WmiPrvSE.exe', 'services.exe']],
    rows: (all) =>
      distinct(
        security(all, 4624, 4625).filter((one) => text(one, 'ProcessName').endsWith('services.exe')),
        fields('EventID', 'Hostname', 'TargetUserName', 'TargetLogonId', 'LogonType', 'IpAddress', 'ProcessName'),
      ),
  },
  {
    id: 'SecurityEvent/Suspicious_enumeration_using_adfind.yaml',
    change: [
      ['"objectcategory",', '"powershell", "net1",'],
      ['"(.*)>(.*)"', '"[a-z] [-/]"'],
      ['threshold = 3', 'threshold = 0'],
    ],
    rows: (all) =>
      distinct(
        security(all, 4688).filter((one) => {
          const line = text(one, 'CommandLine');
          return (hasWord(line, 'powershell') || hasWord(line, 'net1')) && /[a-z] [-/]/.test(line);
        }),
        (one) => [
          Math.floor(timeMs(one) / 120_000),
          account(one),
          ...fields('Hostname', 'ParentProcessName', 'NewProcessName')(one),
        ],
      ),
  },
  {
    id: 'SecurityEvent/VIPAccountFailedLogons.yaml',
    change: [
      ['"Bob", "Domain"', '"pgustavo", "theshire.local", "nmartha", "theshire.local", "sbeavers", "theshire.local"'],
      ['>= 6', '>= 1'],
    ],
    rows: (all) =>
      distinct(
        security(all, 4625).filter(
          (one) =>
            /^(?:2|3)$/.test(text(one, 'LogonType')) &&
            /^theshire\.local\\(?:pgustavo|nmartha|sbeavers)$/.test(account(one)),
        ),
        (one) => [one.LogonType, account(one)],
      ),
  },
  {
    id: 'SecurityEvent/masquerading_files.yaml',
    change: [
      ['"\\\\svchost.exe"', '"\\\\conhost.exe"'],
      ['"S-1-5-18", ', ''],
      ['":\\\\Windows\\\\System32"', '":\\\\Windows\\\\Temp"'],
    ],
    rows: (all) =>
      distinct(
        security(all).filter(
          (one) =>
            /\\conhost\.exe$/i.test(text(one, 'NewProcessName')) &&
            !['S-1-5-19', 'S-1-5-20'].includes(text(one, 'SubjectUserSid')) &&
            !/:\\windows\\(?:temp|syswow64)/i.test(text(one, 'NewProcessName')),
        ),
        (one) => [...fields('Hostname', 'SubjectUserName', 'NewProcessName', 'CommandLine')(one), account(one)],
      ),
  },
  {
    id: 'SecurityEvent/new_processes.yaml',
    change: [['{{StartTimeISO}}', '2020-09-10T00:00:00Z'], BETWEEN[1], ["@''", String.raw`@'\'`]],
    rows: (all) => {
      const begin = Date.parse('2020-09-10T00:00:00Z');
      const made = security(all, 4688);
      const known = new Set(
        made.filter((one) => timeMs(one) < begin).map((one) => lastPart(text(one, 'NewProcessName'))),
      );
      return distinct(
        made.filter((one) => timeMs(one) >= begin && !known.has(lastPart(text(one, 'NewProcessName')))),
        (one) => [account(one), ...fields('NewProcessName', 'CommandLine', 'ParentProcessName')(one)],
      );
    },
  },
  {
    id: 'SecurityEvent-SummarizeRDPActivity.kql#1',
    at: SEPTEMBER_4,
    rows: (all) => distinct(remote(all), (one) => account(one).toLowerCase()),
  },
  {
    id: 'SecurityEvent-DailySummaryofGroupAdditions.kql#1',
    at: SEPTEMBER_14,
    rows: (all) =>
      distinct(security(all, 4728, 4732, 4756, 4761, 4746, 4751).filter(ofPerson), (one) => [
        one.TargetUserName,
        Math.floor(timeMs(one) / 86_400_000),
      ]),
  },
  {
    id: 'SecurityEvent-VisualizeAccountsCreatedDisabledDeleted.kql#1',
    at: SEPTEMBER_14,
    rows: (all) =>
      distinct(security(all, 4720, 4725, 4726).filter(ofPerson), (one) => Math.floor(timeMs(one) / 86_400_000)),
  },
  {
    id: 'Function-ADGroupChanges.kql#1',
    rows: (all) => security(all, 4728, 4729, 4732, 4733, 4756, 4757).length,
  },
  {
    id: 'SecEvents-FindLateralMovementUsers.kql#1',
    at: SEPTEMBER_4,
    rows: (all) =>
      distinct(
        remote(all).filter((one) => one.SubjectDomainName === one.TargetDomainName),
        (one) => account(one).toLowerCase(),
      ),
  },
  {
    id: 'SecEvents-PotentialRDPRecon.kql#1',
    at: SEPTEMBER_4,
    change: [['>= 3', '>= 1']],
    rows: (all) =>
      distinct(
        remote(all).filter((one) => one.SubjectDomainName === one.TargetDomainName),
        (one) => [account(one).toLowerCase(), Math.floor(timeMs(one) / 1_800_000)],
      ),
  },
  {
    id: 'SecurityEvents/IngestionSizeSecurityEvents.md#1',
    rows: (all) => Math.min(10, distinct(security(all), fields('EventID'))),
  },
  {
    id: 'SecurityEvent/MaliciousProcessHuntingInefficient.yaml',
    change: [['"malicious.exe"', '"PurpleSharp.exe"']],
    rows: (all) =>
      security(all).filter((one) =>
        Object.entries(one).some(
          ([name, value]) => name !== 'Message' && typeof value === 'string' && hasWord(value, 'PurpleSharp.exe'),
        ),
      ).length,
  },
];
