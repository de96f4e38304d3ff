import { storageType, type Catalogue } from '../src/index.ts';
import type { Engine } from './engine.ts';

const DATABASE = 'corpus';

/** Two log tables of two companies: what the corpus's queries read. */
export const CATALOGUE: Catalogue = {
  version: 'corpus 1',
  tables: [
    {
      name: 'Signins',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'IngestedAt', type: 'datetime' },
        { name: 'User', type: 'string' },
        { name: 'Address', type: 'string' },
        { name: 'Result', type: 'int' },
        { name: 'Took', type: 'timespan' },
        { name: 'Risk', type: 'real' },
        { name: 'Guest', type: 'bool' },
        { name: 'Message', type: 'string' },
        { name: 'Detail', type: 'dynamic' },
      ],
      source: { database: DATABASE, table: 'Signins' },
      confine: { column: 'CompanyId', parameter: 'scope_companies', type: 'Array(UInt32)' },
      timeColumn: 'TimeGenerated',
      arrivalColumn: 'IngestedAt',
    },
    {
      name: 'Hosts',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'Address', type: 'string' },
        { name: 'Host', type: 'string' },
        { name: 'it`s "a" name', type: 'long' },
      ],
      source: { database: DATABASE, table: 'Hosts' },
      confine: { column: 'CompanyId', parameter: 'scope_companies', type: 'Array(UInt32)' },
      timeColumn: 'TimeGenerated',
    },
  ],
  functions: [
    { name: 'Failed', parameters: '(least:int = 1)', body: '{ Signins | where Result >= least }' },
    { name: 'twice', parameters: '(x:long)', body: '{ x * 2 }' },
  ],
};

/** Company 1 has six sign-ins and two hosts, company 2 has a sign-in and a host that nobody else may see. */
const SIGNINS = [
  `(1, '2026-03-01 10:00:00', '2026-03-01 10:00:01', 'ann', '10.0.0.1', 0, 15000000, 0.5, true, 'sign-in of ann: ok', '{"app":"Mail","ids":[1,2,3],"geo":{"city":"Bern"}}')`,
  `(1, '2026-03-01 10:05:00', '2026-03-01 10:05:01', 'bob', '10.0.0.2', 50126, NULL, NULL, false, 'user_id: bob, wrong password', '{"app":"Mail","ids":[],"geo":{"city":"Basel"}}')`,
  `(1, '2026-03-01 10:06:00', '2026-03-01 10:45:00', 'bob', '10.0.0.2', 50126, 10000000, 0.25, NULL, 'user_id: bob, wrong password', '')`,
  `(1, '2026-03-01 11:00:00', '2026-03-01 11:00:01', 'Bob', '203.0.113.9', NULL, 20000000, 2, false, 'Token refresh', '{"app":"VPN","n":5}')`,
  `(1, '2026-03-01 11:30:00', '2026-03-01 11:30:01', '', '203.0.113.9', 50053, 864000000000, 1, true, 'Locked-out account', '{"app":null}')`,
  `(1, '2026-02-20 08:00:00', '2026-02-20 08:00:01', 'eve', '198.51.100.7', 0, 1, 0, true, 'über_admin: ok', '[{"k":"a"},{"k":"b"}]')`,
  `(2, '2026-03-01 10:00:30', '2026-03-01 10:00:31', 'secret', '192.0.2.1', 0, 1, 1, true, 'of the other company', '{}')`,
];
const HOSTS = [
  `(1, '2026-03-01 09:00:00', '10.0.0.1', 'laptop', 7)`,
  `(1, '2026-03-01 09:00:00', '10.0.0.2', 'desktop', NULL)`,
  `(2, '2026-03-01 09:00:00', '192.0.2.1', 'secret-host', 9)`,
];

/** Creates and fills the tables as the server would. */
export function fillTables(engine: Engine): void {
  engine.command(`CREATE DATABASE ${DATABASE}`);
  for (const table of CATALOGUE.tables) {
    const columns = table.columns.map((column) => {
      const name = column.name.replace(/[\\`]/g, (character) => `\\${character}`);
      return `\`${name}\` ${storageType(column.type, { required: column.name === table.timeColumn || column.name === table.arrivalColumn })}`;
    });
    engine.command(
      `CREATE TABLE ${DATABASE}.${table.name} (CompanyId UInt32, ${columns.join(', ')}) ENGINE = MergeTree ORDER BY (CompanyId, TimeGenerated)`,
    );
  }
  engine.command(`INSERT INTO ${DATABASE}.Signins VALUES ${SIGNINS.join(', ')}`);
  engine.command(`INSERT INTO ${DATABASE}.Hosts VALUES ${HOSTS.join(', ')}`);
}

/** Rows of every table whatever the company: what an attack must leave as it is. */
export const ALL_ROWS = SIGNINS.length + HOSTS.length;
export const TABLE_NAMES = CATALOGUE.tables.map((table) => `${DATABASE}.${table.name}`);
