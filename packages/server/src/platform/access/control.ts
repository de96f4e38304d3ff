import { existsSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';

/**
 * The control socket: a Unix socket in the data folder that only the server's own account can open. The command line speaks
 * the same API over it, as the local operator; nothing else is let in this way.
 */
export interface ControlSocket {
  /** True for a request that came in over this socket. */
  owns(request: IncomingMessage): boolean;
  listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<void>;
  close(): Promise<void>;
}

/** Where the socket of a data folder is. */
export function controlSocketPath(dataFolder: string): string {
  return path.join(dataFolder, 'control.sock');
}

export function createControlSocket(file: string): ControlSocket {
  const ours = new WeakSet<object>();
  let server: Server | undefined;
  return {
    owns: (request) => ours.has(request.socket),
    async listen(handler) {
      // A socket file without a listener is what a killed server left behind; the store's lock keeps two servers apart.
      if (existsSync(file) && statSync(file).isSocket()) rmSync(file);
      const created = createServer(handler);
      created.on('connection', (socket) => ours.add(socket));
      const mask = process.umask(0o177);
      try {
        await new Promise<void>((resolve, reject) => {
          created.once('error', reject);
          created.listen(file, resolve);
        });
      } finally {
        process.umask(mask);
      }
      server = created;
    },
    async close() {
      const closing = server;
      if (closing === undefined) return;
      server = undefined;
      closing.closeAllConnections();
      await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
}
