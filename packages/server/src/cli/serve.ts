import { parseArgs } from 'node:util';
import { createApp, type App } from '../app.ts';
import { checkConfig, readConfig, type Config } from '../platform/config/index.ts';
import { createLog } from '../platform/log.ts';

const HELP = `usage: gatehouse serve [--host ADDRESS] [--port NUMBER] [--dev-cert]

Runs the server. Settings come from config.ini and the environment (see: gatehouse config check).
  --host ADDRESS   address to listen on
  --port NUMBER    port to listen on
  --dev-cert       make a self-signed certificate in the data folder and use it (for trying out, not for production)`;

/** A stop that takes longer is cut off; stores survive a kill, so nothing acknowledged is lost. */
const STOP_TIMEOUT_MS = 30_000;

export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      'dev-cert': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const overrides: Record<string, string> = {};
  if (values.host !== undefined) overrides['server.host'] = values.host;
  if (values.port !== undefined) overrides['server.port'] = values.port;
  let config = readConfig({ env: process.env, cwd: process.cwd(), overrides });
  if (values['dev-cert'] === true) {
    // Loaded only here: a certificate library takes 20 MB that a running server has no use for.
    const { makeDevelopmentCertificate } = await import('./devCert.ts');
    const made = await makeDevelopmentCertificate(config.dataFolder, config.server.host);
    config = { ...config, server: { ...config.server, sslCertfile: made.certfile, sslKeyfile: made.keyfile } };
  }
  for (const warning of config.warnings) console.warn(`warning: ${warning}`);
  checkConfig(config);
  const log = createLog(config.app.debug ? 'debug' : config.app.logLevel);
  const app = await createApp({ config, log });
  const url = await startOrStop(app);
  greet(app, config, url);
  await untilStopped(app);
  return 0;
}

/** Starts; what cannot start (a port in use) is stopped again in order, so that no store stays open behind the error. */
async function startOrStop(app: App): Promise<string> {
  try {
    return await app.start();
  } catch (error) {
    await app.stop();
    throw error;
  }
}

function greet(app: App, config: Config, url: string): void {
  console.log(`Gatehouse is ready: ${config.app.publicUrl === '' ? url : config.app.publicUrl}`);
  if (app.setupSecret !== undefined)
    console.log(
      `First run: open the address above and set up the first administrator with this one-time secret:\n\n    ${app.setupSecret}\n`,
    );
}

/** Resolves when a signal has ended the server in order; a second signal ends it at once. */
export function untilStopped(app: App): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = (signal: string): void => {
      if (stopping) process.exit(1);
      stopping = true;
      app.platform.log.info({ signal }, 'stopping');
      const timer = setTimeout(() => process.exit(1), STOP_TIMEOUT_MS);
      app.stop().then(() => {
        clearTimeout(timer);
        resolve();
      }, reject);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}
