#!/usr/bin/env node
// Plain JavaScript, so that an older Node can read it: it hands over to the Node that the project brings.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];

/** The Node to run with: this one where it is new enough, otherwise the project's own. */
function nodeBinary() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  try {
    const pinned = path.join(path.dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    if (existsSync(pinned)) return pinned;
  } catch {
    // Not installed: said below.
  }
  console.error(
    `Gatehouse needs Node 24 or newer; this is ${process.versions.node}. Run "npm install" in the project first.`,
  );
  process.exit(1);
}

const child = spawn(nodeBinary(), [...FLAGS, main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  // What the TypeScript became is kept: a later start is quicker and takes less memory.
  env: {
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/node', import.meta.url)),
    ...process.env,
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
