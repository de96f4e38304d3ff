import { LOG_TABLES } from '@gatehouse/schema';
import { migrateTables, type EventStore } from '@gatehouse/server/platform/clickhouse';

export const COMPANIES = 20;
const DAYS = 14;

/** Rows of each table at scale 1: ten million in all. */
const ROWS = { AppServiceConsoleLogs: 6_000_000, SecurityEvent: 2_000_000, SigninLogs: 2_000_000 } as const;
export type BenchTable = keyof typeof ROWS;

/** Rows one INSERT makes; wide tables in smaller steps, as an INSERT holds its rows in memory. */
const STEP: Readonly<Record<BenchTable, number>> = {
  AppServiceConsoleLogs: 500_000,
  SecurityEvent: 50_000,
  SigninLogs: 100_000,
};

/** Columns as expressions over `number`, and over `h`, a hash of it. */
const EXPRESSIONS: Readonly<Record<BenchTable, Readonly<Record<string, string>>>> = {
  AppServiceConsoleLogs: {
    Host: "concat('web-', toString(intHash32(h) % 40))",
    Level: "multiIf(h % 50 = 0, 'Error', h % 7 = 0, 'Warning', 'Informational')",
    ResultDescription: `multiIf(
      h % 25 = 0, concat('protected route access, user_id: auth0|', toString(if(h % 75 = 0, 1, intHash32(h) % 3000)), ', email: u@example.org'),
      h % 400 = 1, concat('unauthorized attempt from 198.51.100.', toString(h % 250), ' on /protected'),
      h % 5000 = 2, concat('Traceback (most recent call last): worker ', toString(h % 16)),
      concat('GET /static/', hex(h % 65536), '.js HTTP/1.1 200 in ', toString(h % 900), ' ms'))`,
  },
  SecurityEvent: {
    EventID: '[4624, 4624, 4624, 4625, 4634, 4634, 4672, 4769, 4688][h % 9 + 1]',
    Computer: "concat('PC-', leftPad(toString(h % 900), 4, '0'), '.corp.example')",
    TargetUserName: "concat('User', toString(intHash32(h) % 4000))",
    IpAddress: "concat('10.', toString(h % 20), '.', toString(intDiv(h, 64) % 256), '.', toString(h % 250))",
    LogonType: '[2, 3, 3, 3, 10][h % 5 + 1]',
    Channel: "'Security'",
  },
  SigninLogs: {
    UserPrincipalName: "concat('user', toString(intHash32(h) % 5000), '@example.org')",
    IPAddress: "concat('203.0.', toString(h % 113), '.', toString(intDiv(h, 128) % 250))",
    ResultType: "[ '0', '0', '0', '0', '50126', '50126', '50053' ][h % 7 + 1]",
    Location: "['NO', 'SE', 'DE', 'US', 'FR'][h % 5 + 1]",
    AppDisplayName: "concat('App ', toString(h % 60))",
    LocationDetails: `concat('{"city":"City', toString(h % 300), '","countryOrRegion":"NO"}')`,
    ConditionalAccessPolicies: `concat('[{"displayName":"Require MFA ', toString(h % 9), '","result":"', ['success', 'failure', 'notApplied'][h % 3 + 1],
      '"},{"displayName":"Block legacy","result":"notApplied"}]')`,
  },
};

/** Makes the tables and fills them with events of the fourteen days before `nowMs`, evenly, of twenty companies. */
export async function fill(
  store: EventStore,
  nowMs: number,
  scale: number,
  report: (text: string) => void,
): Promise<number> {
  const tables = Object.keys(ROWS) as BenchTable[];
  await migrateTables(
    store,
    LOG_TABLES.filter((table) => tables.some((name) => name === table.name)),
  );
  let total = 0;
  for (const table of tables) {
    const rows = Math.round(ROWS[table] * scale);
    const startedAt = performance.now();
    // A part of one file takes a tenth of the time to write; the merge below makes of them what merges make in time.
    await store.command(`ALTER TABLE \`${table}\` MODIFY SETTING min_bytes_for_wide_part = 10000000000`);
    for (let from = 0; from < rows; from += STEP[table])
      await store.command(insertStatement(table), {
        from,
        count: Math.min(STEP[table], rows - from),
        rows,
        end: nowMs,
        span: DAYS * 86_400_000,
      });
    await store.command(`ALTER TABLE \`${table}\` RESET SETTING min_bytes_for_wide_part`);
    await store.command(`OPTIMIZE TABLE \`${table}\``);
    total += rows;
    report(`${table}: ${rows.toLocaleString('en')} rows in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  return total;
}

function insertStatement(table: BenchTable): string {
  const expressions = EXPRESSIONS[table];
  const names = ['CompanyId', 'TimeGenerated', 'IngestedAt', 'EventUid', 'Type', ...Object.keys(expressions)];
  const time =
    "fromUnixTimestamp64Milli(toInt64({end:Int64} - {span:Int64} + intDiv({span:Int64} * number, {rows:Int64})), 'UTC')";
  const values = [
    `intHash32(number + 7) % ${COMPANIES} + 1`,
    time,
    time,
    'hex(h)',
    `'${table}'`,
    ...Object.values(expressions),
  ];
  return `INSERT INTO \`${table}\` (${names.map((name) => `\`${name}\``).join(', ')})
    SELECT ${values.join(', ')} FROM (SELECT number, cityHash64(number, '${table}') AS h FROM numbers({from:UInt64}, {count:UInt64}))`;
}
