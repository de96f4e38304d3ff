import { parseArgs } from 'node:util';
import { checkConfig, ConfigError, readConfig, snakeCase, type Origin } from '../platform/config/index.ts';

const HELP = `usage: gatehouse config check

Prints every setting as section.key = value, and where the value comes from (default, config.ini,
environment, file); says what is unknown or unusable. Secrets are shown as (set) or (empty).`;

/** What may be shown of a value: a secret only says whether it is there. */
function shown(origin: Origin): string {
  if (origin.secret) return origin.text === '' ? '(empty)' : '(set)';
  return origin.text === '' ? '(empty)' : origin.text;
}

export async function run(argv: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true || positionals[0] !== 'check') {
    console.log(HELP);
    return values.help === true ? 0 : 2;
  }
  try {
    const config = readConfig({ env: process.env, cwd: process.cwd() });
    const names = config.origins.map((origin) => `${snakeCase(origin.section)}.${snakeCase(origin.key)}`);
    const width = Math.max(...names.map((name) => name.length));
    console.log(`${'data folder'.padEnd(width)} = ${config.dataFolder}`);
    config.origins.forEach((origin, index) => {
      console.log(`${(names[index] ?? '').padEnd(width)} = ${shown(origin)}   [${origin.source}]`);
    });
    for (const warning of config.warnings) console.warn(`warning: ${warning}`);
    checkConfig(config);
    console.log('The configuration is usable.');
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 1;
  }
}
