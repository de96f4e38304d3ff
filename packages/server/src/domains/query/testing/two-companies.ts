import { LOG_TABLES } from '@gatehouse/schema';
import type { FastifyInstance } from 'fastify';
import { PERMISSIONS, type Permission, type Principal } from '../../../platform/access/index.ts';
import { migrateTables } from '../../../platform/clickhouse/index.ts';
import { createHttpServer } from '../../../platform/http/index.ts';
import { createTestPlatform, type TestPlatform } from '../../../platform/testing.ts';
import type { AuditEntry } from '../../audit/index.ts';
import { createQuery, queryMigrations, type Query } from '../index.ts';

/** When the test's clock stands: retention goes by the real one, so the rows are of the last hours. */
export const NOW_MS = Math.floor(Date.now() / 3_600_000) * 3_600_000;

/** In every text of company 2's rows, and nowhere else. */
export const SECRET = 'SECRET-OF-TWO';

export const ROWS_OF_ONE = 5;
export const ROWS_OF_TWO = 7;

const TABLES = ['SigninLogs', 'SecurityEvent', 'Authentication', 'AppServiceConsoleLogs'] as const;

const iso = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, -1);

function rowsOf(table: (typeof TABLES)[number], company: number, count: number): string {
  const mark = company === 2 ? SECRET : 'of-one';
  const own = (index: number): Record<string, unknown> =>
    ({
      SigninLogs: {
        UserPrincipalName: index === 0 ? 'shared@example.org' : `${mark}-${index}@example.org`,
        IPAddress: company === 2 ? '203.0.113.2' : '198.51.100.1',
        ResultDescription: mark,
        Status: JSON.stringify({ errorCode: index, mark }),
      },
      SecurityEvent: { EventID: 4624, TargetUserName: mark, Computer: mark },
      Authentication: { TargetUsername: mark, EventType: 'Logon', EventResult: 'Success', SrcIpAddr: '192.0.2.1' },
      AppServiceConsoleLogs: { ResultDescription: `protected route access, user_id: ${mark}`, Host: mark },
    })[table];
  return Array.from({ length: count }, (_, index) => {
    const at = iso(NOW_MS - (index + 1) * 60_000);
    const common = { CompanyId: company, TimeGenerated: at, IngestedAt: at, EventUid: `${mark}-${index}`, Type: table };
    return JSON.stringify({ ...common, ...own(index) });
  }).join('\n');
}

export interface TwoCompanies {
  readonly platform: TestPlatform;
  readonly query: Query;
  readonly app: FastifyInstance;
  /** What was recorded in the audit trail. */
  readonly trail: AuditEntry[];
  close(): Promise<void>;
}

/** Who calls, by the `x-test-caller` header: `one`, `two`, `both`, `root` (a global administrator), `reader`, or `nobody`, who may do nothing. */
function callerOf(name: unknown): Principal | undefined {
  const numbers = { one: [1], two: [2], both: [1, 2], root: [1, 2], nobody: [1], reader: [1] }[String(name)];
  if (numbers === undefined) return undefined;
  const permissions = new Set<Permission>(
    name === 'nobody' ? [] : name === 'reader' ? ['library.read', 'query.run'] : PERMISSIONS,
  );
  return {
    kind: 'apiKey',
    id: `key-${String(name)}`,
    label: `gk_${String(name)}`,
    companies: numbers.map((number) => ({ id: `company-${number}`, number, timeZone: 'UTC', permissions })),
    globalPermissions: new Set(name === 'root' ? PERMISSIONS : []),
  };
}

/** The query domain on a real engine that holds rows of two companies, and its routes. */
export async function openTwoCompanies(settings: Readonly<Record<string, string>> = {}): Promise<TwoCompanies> {
  const platform = await createTestPlatform({ clockMs: NOW_MS, settings, migrations: queryMigrations });
  const tables = LOG_TABLES.filter((table) => TABLES.some((name) => name === table.name));
  await migrateTables(platform.store, tables);
  for (const table of TABLES) {
    await platform.store.insert(table, rowsOf(table, 1, ROWS_OF_ONE), { token: `${table}-1` });
    await platform.store.insert(table, rowsOf(table, 2, ROWS_OF_TWO), { token: `${table}-2` });
  }
  const trail: AuditEntry[] = [];
  const query = createQuery(
    platform,
    {
      audit: { record: async (entry) => void trail.push(entry) },
      events: { tables: async () => tables, tablesVersion: () => '1', settleForReader: async () => undefined },
    },
    { library: 'kept' },
  );
  const app = await createHttpServer({
    config: platform.config,
    log: platform.log,
    authenticate: async (request) => callerOf(request.headers['x-test-caller']),
    version: 'test',
  });
  await app.register(query.routes);
  await app.ready();
  return {
    platform,
    query,
    app,
    trail,
    async close() {
      await app.close();
      await query.stop?.();
      await platform.close();
    },
  };
}
