import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseIni } from 'ini';
import { nearest } from '@gatehouse/kql';
import { GatehouseError, type ErrorDetail } from '../errors.ts';
import { SettingProblem } from './kinds.ts';
import { environmentNames, SETTING_ROWS, snakeCase, type Setting, type Values } from './settings.ts';

/** One setting as it was found. */
export interface Origin {
  readonly section: string;
  readonly key: string;
  /** `default`, `config.ini`, `environment SECRET_KEY`, `file /run/secrets/key (SECRET_KEY_FILE)`. */
  readonly source: string;
  readonly text: string;
  readonly secret: boolean;
}

export interface Config extends Values {
  /** Absolute path of the folder that holds everything Gatehouse keeps. */
  readonly dataFolder: string;
  readonly origins: readonly Origin[];
  /** Sentences about keys that nothing reads. */
  readonly warnings: readonly string[];
}

/** The start is stopped: each detail names the setting and what is wrong with it. */
export class ConfigError extends GatehouseError {
  override readonly name = 'ConfigError';
  constructor(details: readonly ErrorDetail[]) {
    const lines = details.map((detail) => `  ${detail.field}: ${detail.reason}`);
    super('CONFIG_INVALID', 500, `The configuration is not usable:\n${lines.join('\n')}`, { details });
  }
}

export interface ConfigInputs {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory: where config.ini and the default data folder are. */
  readonly cwd: string;
  /** Settings that win over everything, by `section.key`, e.g. from the command line. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** Environment names that are read but are no settings of the table. */
const OTHER_NAMES = ['GATEHOUSE_DATA', 'GATEHOUSE_CONFIG', 'GATEHOUSE_SHARED'];

/**
 * Reads the configuration once: command line over environment over config.ini over defaults.
 * @throws ConfigError with every setting that cannot be used, not only the first.
 */
export function readConfig(inputs: ConfigInputs): Config {
  const problems: ErrorDetail[] = [];
  const file = readIni(inputs, problems);
  const origins: Origin[] = [];
  const values: Record<string, Record<string, unknown>> = {};
  for (const { section, key, setting } of SETTING_ROWS) {
    const origin = originOf(section, key, setting, inputs, file.entries, problems);
    origins.push(origin);
    try {
      (values[section] ??= {})[key] = setting.kind.parse(origin.text);
    } catch (error) {
      if (!(error instanceof SettingProblem)) throw error;
      problems.push({
        field: `${snakeCase(section)}.${snakeCase(key)}`,
        reason: `${error.message} (from ${origin.source})`,
      });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const dataFolder = path.resolve(inputs.cwd, inputs.env.GATEHOUSE_DATA ?? 'data');
  const warnings = [...file.warnings, ...unknownEnvironment(inputs.env)];
  return { ...(values as unknown as Values), dataFolder, origins, warnings };
}

function originOf(
  section: string,
  key: string,
  one: Setting<unknown>,
  inputs: ConfigInputs,
  file: ReadonlyMap<string, string>,
  problems: ErrorDetail[],
): Origin {
  const found = (source: string, value: string): Origin => ({
    section,
    key,
    source,
    text: value,
    secret: one.secret === true,
  });
  const override = inputs.overrides?.[`${section}.${key}`];
  if (override !== undefined) return found('command line', override);
  for (const name of environmentNames(section, key, one)) {
    const value = inputs.env[name];
    if (value !== undefined && value !== '') return found(`environment ${name}`, value);
    const fromFile = inputs.env[`${name}_FILE`];
    if (fromFile === undefined || fromFile === '') continue;
    try {
      return found(
        `file ${fromFile} (${name}_FILE)`,
        readFileSync(path.resolve(inputs.cwd, fromFile), 'utf8').replace(/\r?\n$/, ''),
      );
    } catch (error) {
      problems.push({
        field: `${name}_FILE`,
        reason: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  const written = file.get(`${section}.${key}`);
  return written === undefined ? found('default', one.default) : found('config.ini', written);
}

interface IniFile {
  readonly entries: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** Seed 003's spellings that differ from the table's. */
const INI_ALIASES: Readonly<Record<string, string>> = { 'app.timezone': 'app.time_zone' };

function readIni(inputs: ConfigInputs, problems: ErrorDetail[]): IniFile {
  const named = inputs.env.GATEHOUSE_CONFIG;
  const file = path.resolve(inputs.cwd, named ?? 'config.ini');
  if (!existsSync(file)) {
    if (named !== undefined) problems.push({ field: 'GATEHOUSE_CONFIG', reason: `there is no file ${file}` });
    return { entries: new Map(), warnings: [] };
  }
  const known = new Map(
    SETTING_ROWS.map(({ section, key }) => [`${snakeCase(section)}.${snakeCase(key)}`, `${section}.${key}`]),
  );
  const entries = new Map<string, string>();
  const warnings: string[] = [];
  for (const [section, body] of Object.entries(parseIni(readFileSync(file, 'utf8')))) {
    const pairs: [string, unknown][] =
      typeof body === 'object' && body !== null
        ? Object.entries(body as Readonly<Record<string, unknown>>).map(([key, value]): [string, unknown] => [
            `${section}.${key}`.toLowerCase(),
            value,
          ])
        : [[section.toLowerCase(), body]];
    for (const [name, value] of pairs) {
      const target = known.get(INI_ALIASES[name] ?? name);
      if (target !== undefined) entries.set(target, String(value));
      else warnings.push(`config.ini: nothing reads "${name}"${hint(nearest(name, known.keys(), Infinity))}`);
    }
  }
  return { entries, warnings };
}

function unknownEnvironment(env: ConfigInputs['env']): string[] {
  const known = new Set(OTHER_NAMES);
  for (const { section, key, setting } of SETTING_ROWS)
    for (const name of environmentNames(section, key, setting)) known.add(name).add(`${name}_FILE`);
  return Object.keys(env)
    .filter((name) => name.startsWith('GATEHOUSE_') && !known.has(name))
    .map((name) => `environment: nothing reads ${name}${hint(nearest(name, known, Infinity))}`);
}

function hint(name: string | undefined): string {
  return name === undefined ? '' : `; did you mean "${name}"?`;
}
