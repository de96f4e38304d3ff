import { describe, expect, it } from 'vitest';
import { ASIM_FUNCTIONS, COMMON_COLUMNS, KQL_TYPES, LOG_TABLES, VOCABULARY } from './index.ts';

const COMMON = new Set<string>(COMMON_COLUMNS.map((column) => column.name));
/** Azure Monitor's rule for names of tables and columns; CompanyId is the data layer's. */
const LEGAL = /^_?[A-Za-z][A-Za-z0-9_]{0,62}$/;

const column = (table: string, name: string) =>
  LOG_TABLES.find((one) => one.name === table)?.columns.find((one) => one.name === name);

describe.each(LOG_TABLES.map((table) => [table.name, table] as const))('%s', (name, table) => {
  const names = table.columns.map((one) => one.name);

  it('has a legal name and legal column names, each once in any spelling', () => {
    expect([name, ...names].filter((one) => !LEGAL.test(one))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
  it('repeats no common column and none of the data layer', () => {
    expect(names.filter((one) => COMMON.has(one) || one.toLowerCase() === 'companyid')).toEqual([]);
  });
  it('gives every column a known type and a meaning that ends', () => {
    const wrong = table.columns.filter((one) => !KQL_TYPES.includes(one.type) || !/^\S.*[.…]$/u.test(one.description));
    expect(wrong.map((one) => `${one.name}: ${one.description}`)).toEqual([]);
  });
  it('keeps hints to the types they are for', () => {
    const wrong = table.columns.filter(
      (one) =>
        (one.storage?.lowCardinality === true && one.type !== 'string') ||
        (one.storage?.index === 'text' && one.type !== 'string' && one.type !== 'dynamic') ||
        (one.entity !== undefined && one.type !== 'string'),
    );
    expect(wrong.map((one) => one.name)).toEqual([]);
  });
  it('sorts by columns that every row has, and keeps rows for a legal time', () => {
    expect(table.sortingKey).toContain('TimeGenerated');
    expect(table.sortingKey.filter((one) => !COMMON.has(one) && !names.includes(one))).toEqual([]);
    expect(table.retentionDays).toBeGreaterThanOrEqual(1);
    expect(table.retentionDays).toBeLessThanOrEqual(3650);
  });
});

describe('the set of tables', () => {
  it('is in alphabetical order, each once', () => {
    const names = LOG_TABLES.map((table) => table.name);
    expect(names).toEqual([...new Set(names)].sort((a, b) => a.localeCompare(b, 'en')));
  });

  // Facts that public rules rely on, one a row.
  it.each([
    ['SecurityEvent', 'EventID', 'int'],
    ['SecurityEvent', 'TargetUserName', 'string'],
    ['SecurityEvent', 'LogonType', 'int'],
    ['SigninLogs', 'Status', 'dynamic'],
    ['AADNonInteractiveUserSignInLogs', 'Status', 'string'],
    ['SigninLogs', 'ResultType', 'string'],
    ['AuditLogs', 'TargetResources', 'dynamic'],
    ['WindowsEvent', 'EventData', 'dynamic'],
    ['Event', 'EventData', 'string'],
    ['W3CIISLog', 'scStatus', 'string'],
    ['AppServiceHTTPLogs', 'ScStatus', 'int'],
    ['AppServiceConsoleLogs', 'ResultDescription', 'string'],
    ['Authentication', 'EventOriginalUid', 'string'],
    ['Authentication', 'SrcGeoLatitude', 'real'],
    ['Syslog', 'EventTime', 'datetime'],
  ])('has %s.%s as %s', (table, name, type) => {
    expect(column(table, name)?.type).toBe(type);
  });
});

describe('ASIM functions', () => {
  // A word before a single = is a name that is made, not read.
  const words = (text: string) => text.replace(/'[^']*'/g, '').match(/[A-Za-z_]\w*(?!\w| = )/g) ?? [];
  const authentication = LOG_TABLES.find((table) => table.name === 'Authentication');
  const columns = new Set([...COMMON, ...(authentication?.columns.map((one) => one.name) ?? [])]);

  it.each(ASIM_FUNCTIONS.map((one) => [one.name, one] as const))('%s names only columns that exist', (_name, one) => {
    // Columns of ASIM begin with a capital; parameters and KQL's own words do not.
    const named = words(one.body).filter((word) => /^[A-Z]/.test(word) && word !== 'Authentication');
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((word) => !columns.has(word))).toEqual([]);
  });
});

it('names application events as the vocabulary does', () => {
  const names = Object.keys(VOCABULARY);
  expect(names.filter((name) => !/^[a-z]+(_[a-z0-9]+)+$/.test(name))).toEqual([]);
  expect(VOCABULARY.authn_login_fail).toEqual({ level: 'WARN', arguments: ['userid'] });
  expect(VOCABULARY.authz_fail.level).toBe('CRITICAL');
});
