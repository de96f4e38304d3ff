/**
 * Writes what is generated and committed: the OpenAPI document, the references of configuration, tables and KQL. With --check it
 * writes nothing and fails when a file is not what it would write.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMON_COLUMNS, LOG_TABLES, type Column } from '@gatehouse/schema';
import { environmentNames, SETTING_ROWS, snakeCase } from '@gatehouse/server/config';
import { kqlPages } from './reference/kql.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const cell = (text: string): string => text.replaceAll('|', '\\|');

function configurationPage(): string {
  const names = [...new Set(SETTING_ROWS.map((row) => row.section))];
  const sections = names.map((section) => {
    const rows = SETTING_ROWS.filter((row) => row.section === section).map(({ key, setting }) => {
      const environment = environmentNames(section, key, setting).map((name) => `\`${name}\``);
      const fallback = setting.default === '' ? '' : `\`${cell(setting.default)}\``;
      return `| \`${snakeCase(key)}\` | ${environment.join(', ')} | ${fallback} | ${cell(setting.about)} Takes ${cell(setting.kind.expects)}. |`;
    });
    return [
      `## [${snakeCase(section)}]`,
      '',
      '| key | environment | default | meaning |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  const head = `# Configuration

Generated from \`packages/server/src/platform/config/settings.ts\`; do not edit. Environment over \`config.ini\` over defaults; every environment
name also exists with \`_FILE\`. \`GATEHOUSE_DATA\` names the data folder (default \`./data\`), \`GATEHOUSE_CONFIG\` another file than \`./config.ini\`.`;
  return `${[head, ...sections].join('\n\n')}\n`;
}

function tablesPage(): string {
  const columnRow = (column: Column): string =>
    `| \`${column.name}\` | ${column.type} | ${cell(column.description)} | ${column.entity ?? ''} |`;
  const header = ['| column | type | meaning | entity |', '| --- | --- | --- | --- |'];
  const tables = LOG_TABLES.map((table) =>
    [
      `## ${table.name}`,
      '',
      `${table.description} Origin: ${table.origin}. Kept ${table.retentionDays} days.`,
      '',
      ...header,
      ...table.columns.map(columnRow),
    ].join('\n'),
  );
  const common = ['## Columns of every table', '', ...header, ...COMMON_COLUMNS.map(columnRow)].join('\n');
  return `${['# Log tables', 'Generated from `packages/schema`; do not edit.', common, ...tables].join('\n\n')}\n`;
}

function openApiDocument(): string {
  return execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(ROOT, 'packages/server/src/main.ts'), 'openapi'],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
}

/** The console's client types, from the document that stands above it in the list of files. */
function clientTypes(): string {
  const tool = path.join(ROOT, 'node_modules/openapi-typescript/bin/cli.js');
  return execFileSync(process.execPath, [tool, path.join(ROOT, 'packages/server/openapi.json')], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const kql = kqlPages();
const FILES: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries([...kql].map(([name, text]) => [`docs/reference/kql/${name}`, () => text])),
  'docs/reference/configuration.md': configurationPage,
  'docs/reference/tables.md': tablesPage,
  'packages/server/openapi.json': openApiDocument,
  'packages/web/src/api/openapi.d.ts': clientTypes,
};

const check = process.argv.includes('--check');
let stale = 0;
for (const [name, make] of Object.entries(FILES)) {
  const file = path.join(ROOT, name);
  const wanted = make();
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
  stale += 1;
  if (check) console.error(`${name} is not what its source says: run "npm run generate" and commit`);
  else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, wanted);
    console.log(`wrote ${name}`);
  }
}
process.exitCode = check && stale > 0 ? 1 : 0;
