import path from 'node:path';
import { parseArgs } from 'node:util';
import { CommandError } from './company.ts';
import { functionText, readFunctionText } from './library/functionText.ts';
import { onApi, readText, request, shelfOf, type Api, type Shelf } from './library/shelf.ts';

const HELP = `usage: gatehouse functions list [--company COMPANY]
       gatehouse functions import FILE.kql [options]
       gatehouse functions export NAME [options]

Stored functions. An import makes the function, or its next version where it is there already; it is kept only when it
compiles. A file is the function's query, after lines that say the rest, as an export writes them:
  // name: failedSignins
  // parameters: (days:int=7)
  // description: Sign-ins that failed

  SigninLogs | where TimeGenerated > ago(days * 1d) and ResultType != 0

  --name NAME         the function's name (default: as the file says, or is called)
  --parameters TEXT   (default: as the file says)
  --company COMPANY   name, number or id; needed where there are several
  --global            the function that every company has

Exit codes: 0 done, 1 refused, 2 the command line is wrong.`;

export interface FunctionOptions {
  readonly name?: string | undefined;
  readonly parameters?: string | undefined;
  readonly company?: string | undefined;
  readonly global?: boolean | undefined;
}

interface Stored {
  readonly id: string;
  readonly company: number | null;
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
  readonly description: string;
  readonly folder: string;
  readonly version: number;
}

export async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      parameters: { type: 'string' },
      company: { type: 'string' },
      global: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const [verb, subject, ...rest] = positionals;
  const isComplete =
    rest.length === 0 &&
    (verb === 'list' ? subject === undefined : /^(?:import|export)$/.test(verb ?? '') && subject !== undefined);
  if (!isComplete) {
    console.error(HELP);
    return 2;
  }
  return await onApi('functions', async (api) => {
    if (verb === 'list') return await listFunctions(api, values);
    if (verb === 'export') return await exportFunction(api, subject ?? '', values);
    return await importFunction(api, subject ?? '', values);
  });
}

async function listed(api: Api, shelf: Shelf): Promise<readonly Stored[]> {
  return (JSON.parse(await request(api, shelf, ['GET', '/api/functions'])) as { functions: Stored[] }).functions;
}

async function find(api: Api, shelf: Shelf, name: string): Promise<Stored | undefined> {
  const functions = await listed(api, shelf);
  return functions.find((one) => one.company === shelf.company && one.name.toLowerCase() === name.toLowerCase());
}

export async function listFunctions(api: Api, options: FunctionOptions): Promise<string> {
  const functions = await listed(api, await shelfOf(api, options));
  return functions
    .map(({ name, parameters, version, company }) => {
      const head = `${name}${parameters === '' ? '()' : parameters.replaceAll(/\s+/g, ' ')}`;
      return `${head}\tversion ${version}\t${company === null ? 'every company' : `company ${company}`}\n`;
    })
    .join('');
}

/** @throws CommandError with the place of everything that is wrong. */
export async function importFunction(api: Api, file: string, options: FunctionOptions): Promise<string> {
  const said = readFunctionText(readText(file));
  const name = options.name ?? said.name ?? path.basename(file).replace(/\.\w+$/, '');
  const parameters = options.parameters ?? said.parameters;
  const shelf = await shelfOf(api, options);
  const before = await find(api, shelf, name);
  const text = {
    parameters: parameters ?? before?.parameters ?? '',
    body: said.body,
    description: said.description ?? before?.description ?? '',
    folder: said.folder ?? before?.folder ?? '',
  };
  const made = JSON.parse(
    await request(
      api,
      shelf,
      before === undefined
        ? ['POST', '/api/functions', { name, ...text, ...(shelf.company === null ? { global: true } : {}) }]
        : ['PUT', `/api/functions/${before.id}`, { ...text, version: before.version }],
      ({ field = '', reason, message = '', line, column, frame }) => {
        const place =
          field.includes('body') && line !== undefined ? `${file}:${line + said.bodyLine - 1}:${column ?? 1}` : field;
        return [`${place}: ${reason ?? message}`, ...(frame === undefined ? [] : [frame])].join('\n');
      },
    ),
  ) as Stored;
  return `${made.name}: version ${made.version}, for ${shelf.name}\n`;
}

export async function exportFunction(api: Api, name: string, options: FunctionOptions): Promise<string> {
  const shelf = await shelfOf(api, options);
  const stored = await find(api, shelf, name);
  if (stored === undefined) throw new CommandError(`${shelf.name} has no function ${name}`);
  return functionText(stored);
}
