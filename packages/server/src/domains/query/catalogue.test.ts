import { describe, expect, it } from 'vitest';
import { LOG_TABLES, type LogTable } from '@gatehouse/schema';
import { confineTo } from '../../platform/access/index.ts';
import { catalogueOf, createCatalogues, SCOPE_PARAMETER } from './catalogue.ts';

const custom = (name: string, columns: LogTable['columns'] = []): LogTable => ({
  name,
  description: 'A custom table.',
  origin: 'custom',
  columns,
  sortingKey: ['TimeGenerated'],
  retentionDays: 90,
  partitionBy: 'month',
});

describe('catalogueOf', () => {
  const catalogue = catalogueOf(LOG_TABLES, 'events');

  it('confines every table to the companies bound at run time', () => {
    expect(catalogue.tables).toHaveLength(LOG_TABLES.length);
    for (const table of catalogue.tables)
      expect(table).toMatchObject({
        confine: { column: 'CompanyId', parameter: SCOPE_PARAMETER, type: 'Array(UInt32)' },
        timeColumn: 'TimeGenerated',
        arrivalColumn: 'IngestedAt',
      });
  });

  it('never offers the column that confines, also where a custom table declares it', () => {
    const odd = custom('Odd_CL', [
      { name: 'CompanyId', type: 'long', description: 'A trap.' },
      { name: 'Kept', type: 'string', description: 'Fine.' },
    ]);
    const tables = catalogueOf([...LOG_TABLES, odd], 'events').tables;
    expect(tables.flatMap((table) => table.columns.filter((column) => column.name === 'CompanyId'))).toEqual([]);
    expect(tables.at(-1)?.columns.map((column) => column.name)).toContain('Kept');
  });

  it('has another version for other tables, and the same for the same', () => {
    expect(catalogueOf(LOG_TABLES, 'events').version).toBe(catalogue.version);
    expect(catalogueOf([...LOG_TABLES, custom('New_CL')], 'events').version).not.toBe(catalogue.version);
  });
});

describe('createCatalogues', () => {
  it('shares one catalogue among companies with the same tables, and follows a new custom table', async () => {
    let version = 'v1';
    let asked = 0;
    const extra = new Map<number, LogTable>();
    const catalogues = createCatalogues(
      {
        tablesVersion: () => version,
        tables: async (scope) => {
          asked += 1;
          return [...LOG_TABLES, ...(scope?.companies ?? []).flatMap((number) => extra.get(number) ?? [])];
        },
      },
      'events',
    );
    const [first, second] = [await catalogues.of(confineTo([1])), await catalogues.of(confineTo([2]))];
    expect(first).toBe(second);
    expect(await catalogues.of(confineTo([1]))).toBe(first);
    expect(asked).toBe(2);
    extra.set(1, custom('Mine_CL'));
    version = 'v2';
    expect((await catalogues.of(confineTo([1]))).tables.map((table) => table.name)).toContain('Mine_CL');
    expect((await catalogues.of(confineTo([2]))).version).toBe(first.version);
  });
});
