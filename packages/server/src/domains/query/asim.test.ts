import { afterAll, beforeAll, expect, it } from 'vitest';
import { LOG_TABLES } from '@gatehouse/schema';
import { confineTo } from '../../platform/access/index.ts';
import { migrateTables } from '../../platform/clickhouse/index.ts';
import { createTestPlatform, type TestPlatform } from '../../platform/testing.ts';
import { createQuery, type Query } from './index.ts';

const NOW_MS = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const TABLES = LOG_TABLES.filter((table) => table.name === 'Authentication');

/** name, address, host, application, type, result, details, minutes ago */
const EVENTS = [
  ['CORP\\anna', '10.1.2.3', 'pc-anna', 'vpn', 'Logon', 'Success', '', 1],
  ['bob@corp.example', '192.10.1.5', 'pc-bob', 'mail portal', 'Logon', 'Failure', 'Incorrect password', 2],
  ['carl', '10.11.0.1', 'pc-carl', 'mail', 'Logoff', 'Success', '', 90],
] as const;

let platform: TestPlatform;
let query: Query;
beforeAll(async () => {
  platform = await createTestPlatform({ clockMs: NOW_MS });
  await migrateTables(platform.store, TABLES);
  const rows = EVENTS.map(([user, address, host, app, type, result, details, minutes], index) => {
    const at = new Date(NOW_MS - minutes * 60_000).toISOString().replace('T', ' ').slice(0, -1);
    return JSON.stringify({
      CompanyId: 1,
      TimeGenerated: at,
      IngestedAt: at,
      EventUid: String(index),
      TargetUsername: user,
      SrcIpAddr: address,
      SrcHostname: host,
      TargetAppName: app,
      EventType: type,
      EventResult: result,
      EventResultDetails: details,
    });
  });
  await platform.store.insert('Authentication', rows.join('\n'), { token: 'asim' });
  query = createQuery(platform, {
    audit: { record: async () => undefined },
    events: { tables: async () => TABLES, tablesVersion: () => '1', settleForReader: async () => undefined },
  });
}, 60_000);
afterAll(async () => {
  await query.stop?.();
  await platform.close();
});

it.each([
  ['', ['anna', 'bob', 'carl']],
  ['starttime=ago(1h)', ['anna', 'bob']],
  ['endtime=ago(1h)', ['carl']],
  ['starttime=ago(2h), endtime=ago(90s)', ['bob', 'carl']],
  ['username_has_any=dynamic(["anna", "carl"])', ['anna', 'carl']],
  ['targetappname_has_any=dynamic(["mail"])', ['bob', 'carl']],
  ['srcipaddr_has_any_prefix=dynamic(["10.1."])', ['anna']],
  ['srcipaddr_has_any_prefix=dynamic(["10."])', ['anna', 'carl']],
  ['srcipaddr_has_any_prefix=dynamic(["192.10.1.5", "10.1.2."])', ['anna', 'bob']],
  ['srchostname_has_any=dynamic(["bob"])', ['bob']],
  ['eventtype_in=dynamic(["logoff"])', ['carl']],
  ['eventresultdetails_in=dynamic(["Incorrect password", "No such user"])', ['bob']],
  ['eventresult="failure"', ['bob']],
  ['targetusername_has="bob"', ['bob']],
  ['eventresult="Success", eventtype_in=dynamic(["Logon"])', ['anna']],
  ['disabled=true', []],
  ['pack=true', ['anna', 'bob', 'carl']],
])('imAuthentication(%s)', async (parameters, users) => {
  for (const name of ['imAuthentication', '_Im_Authentication']) {
    const text = `${name}(${parameters}) | project User = extract("[a-z]+", 0, tolower(replace_string(TargetUsername, "CORP", ""))), SrcDvcIpAddr`;
    const { rows } = await query.run(confineTo([1]), text, { nowMs: NOW_MS });
    expect(rows.map(([user]) => user).sort()).toEqual(users);
    expect(rows.every(([, address]) => typeof address === 'string' && address !== '')).toBe(true);
  }
});
