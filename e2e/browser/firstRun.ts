import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../bench/harness/server.ts';

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 90_000;

export interface FirstRun {
  readonly url: string;
  /** What the server printed for its first administrator. */
  readonly secret: string;
  stop(): Promise<void>;
}

/** Starts a server on an empty data folder, as a newcomer does, and reads the address and the set-up secret off its output. */
export async function startFirstRun(folder: string, settings: Readonly<Record<string, string>>): Promise<FirstRun> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'serve'], {
    cwd: folder,
    env: {
      ...process.env,
      GATEHOUSE_DATA: path.join(folder, 'data'),
      PORT: String(port),
      GATEHOUSE_APP_LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let isStopping = false;
  child.once('exit', (code, signal) => {
    if (!isStopping) console.error(`the server ended by itself: code ${String(code)}, signal ${String(signal)}`);
  });
  const stop = async (): Promise<void> => {
    isStopping = true;
    child.kill('SIGTERM');
    await gone;
  };
  const greeting = new Promise<{ url: string; secret: string }>((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`no greeting within 90 s; it printed: ${output}`)),
      START_TIMEOUT_MS,
    );
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      output += text;
      const url = /Gatehouse is ready: (\S+)/.exec(output)?.[1];
      const secret = /one-time secret:\s+(\S+)\s/.exec(output)?.[1];
      if (url === undefined || secret === undefined) return;
      clearTimeout(timer);
      resolve({ url, secret });
    });
    child.once('exit', (code) => reject(new Error(`the server ended with code ${String(code)}: ${output}`)));
  });
  try {
    return { ...(await greeting), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
