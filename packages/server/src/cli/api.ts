import { existsSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { createApp } from '../app.ts';
import { controlSocketPath } from '../platform/access/index.ts';
import { checkConfig, readConfig } from '../platform/config/index.ts';
import { createLog } from '../platform/log.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * The API as the local operator speaks it, over the control socket of a data folder. Where a server runs on the folder it is
 * that server's; otherwise the command brings the server up inside itself, without a port, for as long as it takes.
 */
export interface LocalApi {
  call(
    method: string,
    path: string,
    options?: { body?: string | Buffer | Readable; headers?: Readonly<Record<string, string>> },
  ): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** @throws ConfigError; the stores' errors when no server runs and the folder cannot be opened. */
export async function openLocalApi(): Promise<LocalApi> {
  const config = readConfig({ env: process.env, cwd: process.cwd() });
  const socketPath = controlSocketPath(config.dataFolder);
  if (await answers(socketPath))
    return { call: (method, path, options) => call(socketPath, method, path, options), close: async () => undefined };
  checkConfig(config);
  const app = await createApp({ config, log: createLog('error') });
  await app.openControl();
  return { call: (method, path, options) => call(socketPath, method, path, options), close: () => app.stop() };
}

/** True where somebody listens on the socket; a file that a killed server left behind does not. */
function answers(socketPath: string): Promise<boolean> {
  if (!existsSync(socketPath)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function call(
  socketPath: string,
  method: string,
  path: string,
  options: { body?: string | Buffer | Readable; headers?: Readonly<Record<string, string>> } = {},
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, method, path, headers: { ...options.headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString('utf8'),
        }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    const { body } = options;
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) request.end(body);
    else body.pipe(request);
  });
}
