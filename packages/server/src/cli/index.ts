/** A command of the command line. `run` resolves to the exit code. */
export interface Command {
  run(argv: readonly string[]): Promise<number>;
}

interface CommandEntry {
  readonly about: string;
  /** Loaded when it is called, so that `config check` does not wait for the query parser. */
  load(): Promise<Command>;
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: { about: 'run the server (what npm start does)', load: () => import('./serve.ts') },
  demo: { about: 'run on scratch data and replay a morning with an attack inside', load: () => import('./demo.ts') },
  config: {
    about: 'config check: print every setting, its value and where it comes from',
    load: () => import('./config.ts'),
  },
  import: { about: 'import log files into a table', load: () => import('./import.ts') },
  kql: { about: 'run a KQL query, or a batch of them', load: () => import('./kql.ts') },
  functions: { about: 'functions list, import, export: stored functions', load: () => import('./functions.ts') },
  watchlists: { about: 'watchlists list, import, export: watchlists as CSV', load: () => import('./watchlists.ts') },
  rules: { about: 'rules test: run the tests of the detection rules', load: () => import('./rules.ts') },
  openapi: { about: 'print the OpenAPI document', load: () => import('./openapi.ts') },
};
