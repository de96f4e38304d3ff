import { parseArgs } from 'node:util';
import { runBatch } from './kql/batch.ts';
import { readDeclaredTables } from './kql/declared.ts';
import { formatTable } from './kql/print.ts';

const HELP = `usage: gatehouse kql "<query>" [--company COMPANY] [--timespan SPAN] [--json]
       gatehouse kql --batch [--tables FILE.jsonl]

Runs a KQL query over the stored events and prints the result.
  --company COMPANY   only this company (id or number); all of them otherwise
  --timespan SPAN     only rows of this time: an ISO 8601 duration up to now (P1D) or an interval
  --json              print the answer as the API gives it

  --batch             read {id, query} lines from standard input and write {id, columns, rows} or {id, error} lines, on a
                      scratch store with the built-in tables, empty; no data of this installation is read, and
                      externaldata is an empty table: nothing is fetched
  --tables FILE       declare more empty tables, one {table, columns: {name: type}} a line`;

interface Answer {
  readonly tables: readonly [
    { readonly columns: readonly { name: string; type: string }[]; readonly rows: readonly (readonly unknown[])[] },
  ];
  readonly error?: { readonly details: readonly { readonly innererror: { readonly message: string } }[] };
}

interface Refusal {
  readonly error: {
    readonly message: string;
    readonly details: readonly {
      readonly frame?: string;
      readonly suggestion?: string;
      readonly message?: string;
      readonly reason?: string;
    }[];
  };
}

/** Exit codes: 0 done, 1 the query or a line of the batch cannot be run, 2 the command line is wrong. */
export async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      company: { type: 'string' },
      timespan: { type: 'string' },
      json: { type: 'boolean' },
      batch: { type: 'boolean' },
      tables: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  if (values.batch === true) {
    const declared = values.tables === undefined ? [] : await readDeclaredTables(values.tables);
    return await runBatch({ input: process.stdin, output: process.stdout, declared });
  }
  const [query] = positionals;
  if (query === undefined || positionals.length > 1 || values.tables !== undefined) {
    console.error(HELP);
    return 2;
  }
  const { company, timespan } = values;
  return await runOne(query, {
    json: values.json === true,
    ...(company === undefined ? {} : { company }),
    ...(timespan === undefined ? {} : { timespan }),
  });
}

async function runOne(query: string, options: { company?: string; timespan?: string; json: boolean }): Promise<number> {
  // Brings the whole server along, which a batch has no need of.
  const { openLocalApi } = await import('./api.ts');
  const api = await openLocalApi();
  try {
    const { status, text } = await api.call('POST', '/api/query', {
      body: JSON.stringify({ query, ...(options.timespan === undefined ? {} : { timespan: options.timespan }) }),
      headers: {
        'content-type': 'application/json',
        ...(options.company === undefined ? {} : { 'x-company': options.company }),
      },
    });
    if (status !== 200) {
      console.error(options.json ? text : describeRefusal(JSON.parse(text) as Refusal));
      return 1;
    }
    if (options.json) console.log(text);
    else printAnswer(JSON.parse(text) as Answer);
    return 0;
  } finally {
    await api.close();
  }
}

function printAnswer({ tables: [table], error }: Answer): void {
  console.log(formatTable(table.columns, table.rows));
  for (const { innererror } of error?.details ?? []) console.error(`warning: ${innererror.message}`);
}

/** Every error with its place in the text; for other refusals the message and its details. */
function describeRefusal({ error }: Refusal): string {
  const details = error.details.map((detail) =>
    [
      detail.message ?? detail.reason ?? '',
      ...(detail.frame === undefined ? [] : [detail.frame]),
      ...(detail.suggestion === undefined ? [] : [`did you mean ${detail.suggestion}?`]),
    ].join('\n'),
  );
  return details.some((text) => text.includes('\n')) ? details.join('\n\n') : [error.message, ...details].join('\n');
}
