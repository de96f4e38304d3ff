import { createRequire } from 'node:module';
import { quoteLiteral } from '../identifiers.ts';

/**
 * The chDB engine inside this process. One connection a request: what a request sets (settings, parameters) dies with it.
 *
 * The native binding is used directly and not through chdb's `Session`, which puts off closing a connection until *every*
 * operation of the process is done: behind one long query 2,000 small ones kept 700 MB. Closing each connection after its own
 * operation keeps memory flat (measured with chdb 3.4.0).
 */
export interface Engine {
  connect(): EngineConnection;
  /** Runs one statement on a connection of its own and closes it. */
  run(sql: string, format: string, settings?: Readonly<Record<string, string>>): Promise<EngineResult>;
  /** Stops the statement that was started under the given tag (`log_comment`). Resolves when the engine knows. */
  kill(tag: string): Promise<void>;
  /** Ends the engine; nothing may be under way. */
  close(): void;
}

export interface EngineConnection {
  /** Applies settings and `param_…` values, in order. Synchronous: under a millisecond. */
  set(settings: Readonly<Record<string, string>>): void;
  /** What unqualified tables are looked for in. `quotedName` is quoted. Synchronous: a fifth of a millisecond. */
  use(quotedName: string): void;
  run(sql: string, format: string): Promise<EngineResult>;
  close(): void;
}

export interface EngineResult {
  readonly bytes: Buffer;
  /** Seconds. */
  readonly elapsed: number;
  /** Rows read; for an INSERT from a file, the rows written. */
  readonly rowsRead: number;
  readonly bytesRead: number;
}

type Handle = object;

interface NativeBinding {
  CreateConnection(folder: string, engineArguments: readonly string[]): Handle;
  CloseConnection(handle: Handle): void;
  QueryWithConnection(handle: Handle, sql: string, format: string): string;
  QueryAsyncConnection(handle: Handle, sql: string, format: string): Promise<EngineResult>;
}

/** libchdb takes these over and hangs in them; taking each once and letting go restores the default: the process ends. */
const FATAL_SIGNALS = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL'] as const;

const SETTING_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function openEngine(folder: string, configFile: string): Engine {
  const require = createRequire(import.meta.url);
  const loader = createRequire(require.resolve('chdb'))('./dist/loader.js') as { loadNative(): NativeBinding };
  const native = loader.loadNative();
  const engineArguments = [`--config-file=${configFile}`];
  // Held open for as long as the process lives: the engine ends with its last connection.
  const anchor = native.CreateConnection(folder, engineArguments);
  for (const signal of FATAL_SIGNALS) {
    const handler = () => undefined;
    process.on(signal, handler);
    process.removeListener(signal, handler);
  }

  const connect = (): EngineConnection => {
    const handle = native.CreateConnection(folder, engineArguments);
    return {
      set(settings) {
        const assignments = Object.entries(settings).map(([name, value]) => {
          if (!SETTING_NAME.test(name)) throw new RangeError(`not the name of a setting: ${name}`);
          return `${name} = ${quoteLiteral(value)}`;
        });
        if (assignments.length > 0) native.QueryWithConnection(handle, `SET ${assignments.join(', ')}`, 'TabSeparated');
      },
      use: (quotedName) => void native.QueryWithConnection(handle, `USE ${quotedName}`, 'TabSeparated'),
      run: (sql, format) => native.QueryAsyncConnection(handle, sql, format),
      close: () => native.CloseConnection(handle),
    };
  };

  const run: Engine['run'] = async (sql, format, settings = {}) => {
    const connection = connect();
    try {
      connection.set(settings);
      return await connection.run(sql, format);
    } finally {
      connection.close();
    }
  };

  return {
    connect,
    run,
    // ASYNC: the synchronous form hangs.
    kill: async (tag) => {
      await run(`KILL QUERY WHERE Settings['log_comment'] = ${quoteLiteral(tag)} ASYNC`, 'TabSeparated');
    },
    close: () => native.CloseConnection(anchor),
  };
}
