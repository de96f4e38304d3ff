/**
 * The store's child process: the engine behind its front. Started by `supervisor.ts`, which sends one `ChildOptions` message;
 * answers `{ ready: true }` or `{ failed: reason }`. Ends by itself when the parent is gone, so that no orphan holds the data.
 */
import { flushCompileCache } from 'node:module';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { engineConfig } from './engine-config.ts';
import { mendDeduplicationLogs } from './deduplication-log.ts';
import { openEngine } from './engine.ts';
import { createFront } from './front.ts';
import type { ChildMessage, ChildOptions, ParentMessage } from './messages.ts';
import { openSpool } from './spool.ts';

/** How long statements may go on once the parent is gone. */
const ORPHAN_DRAIN_MS = 2_000;

process.umask(0o077);

function say(message: ChildMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function start(options: ChildOptions): Promise<void> {
  const configFolder = path.join(options.folder, 'engine-config');
  mkdirSync(configFolder, { recursive: true, mode: 0o700 });
  const configFile = path.join(configFolder, 'config.xml');
  const usersFile = path.join(configFolder, 'users.xml');
  const { config, users } = engineConfig(options.size, usersFile);
  writeFileSync(configFile, config, { mode: 0o600 });
  writeFileSync(usersFile, users, { mode: 0o600 });
  const spool = await openSpool(options.spool);
  const engineFolder = path.join(options.folder, 'engine');
  const mended = mendDeduplicationLogs(engineFolder);
  const engine = openEngine(engineFolder, configFile);
  await engine.run(`CREATE DATABASE IF NOT EXISTS ${options.quotedDatabase} ENGINE = Atomic`, 'Null');
  const front = createFront({
    engine,
    spool,
    user: options.user,
    password: options.password,
  });

  let stopping = false;
  const stop = async (drainMs: number) => {
    if (stopping) return;
    stopping = true;
    // Ending the engine under a running statement aborts the process; then leaving at once loses nothing that was acknowledged.
    if (await front.drain(drainMs)) engine.close();
    say({ kind: 'stopped' });
    process.exit(0);
  };
  process.on('message', (message: ParentMessage) => {
    if (message.kind === 'ping') say({ kind: 'pong', active: front.active() });
    if (message.kind === 'stop') void stop(message.drainMs);
  });
  process.on('disconnect', () => void stop(ORPHAN_DRAIN_MS));
  // The terminal's Ctrl-C and a service manager's stop reach the whole group: the parent decides, it still has rows to write.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

  await new Promise<void>((resolve, reject) => {
    front.server.once('error', reject);
    if ('socket' in options.listen) {
      rmSync(options.listen.socket, { force: true });
      front.server.listen(options.listen.socket, resolve);
    } else front.server.listen(options.listen.port, options.listen.host, resolve);
  });
  if ('socket' in options.listen) chmodSync(options.listen.socket, 0o600);
  const address = front.server.address();
  flushCompileCache();
  say({ kind: 'ready', port: typeof address === 'object' ? (address?.port ?? 0) : 0, mended: mended.length });
}

process.once('message', (message: ParentMessage) => {
  if (message.kind !== 'start') return;
  start(message.options).catch((error: unknown) => {
    say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    setTimeout(() => process.exit(1), 100);
  });
});
process.once('disconnect', () => setTimeout(() => process.exit(0), ORPHAN_DRAIN_MS + 1_000).unref());
