/**
 * What `npm start`, `npm test`, `npm run demo` and `npm run bench` do: set up what is missing, then run it with the project's Node.
 * The npm scripts call this file with whatever Node the machine has.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureChromium, ensureConsole, ensureDependencies, environment, nodeBinary, ROOT, run } from './setup.mjs';

/** A small young generation costs ingest nothing that could be measured and saves the idle server 20 MB. */
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];
const MAIN = 'packages/server/src/main.ts';

/** Runs in the foreground; signals reach the child, its exit code becomes ours. */
function hand(args) {
  const child = spawn(nodeBinary(), [...FLAGS, ...args], { cwd: ROOT, stdio: 'inherit', env: environment() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

const TASKS = {
  serve(args) {
    ensureDependencies();
    ensureConsole();
    hand([MAIN, 'serve', ...args]);
  },
  demo(args) {
    ensureDependencies();
    ensureConsole();
    hand([MAIN, 'demo', ...args]);
  },
  test(args) {
    ensureDependencies();
    ensureConsole();
    ensureChromium();
    if (args.length === 0) {
      run('npm', ['run', '--silent', 'lint']);
      run('npm', ['run', '--silent', 'types']);
    }
    run(nodeBinary(), [...FLAGS, 'node_modules/vitest/vitest.mjs', 'run', ...args]);
  },
  bench(args) {
    ensureDependencies();
    const all = readdirSync(path.join(ROOT, 'bench')).filter((name) => name.endsWith('.bench.ts'));
    const chosen = args.length === 0 ? all : all.filter((name) => args.some((arg) => name.startsWith(arg)));
    if (chosen.length === 0) {
      console.error(`No such benchmark; there are: ${all.map((name) => name.replace('.bench.ts', '')).join(', ')}`);
      process.exit(1);
    }
    for (const name of chosen) run(nodeBinary(), [...FLAGS, path.join('bench', name)]);
  },
};

const [task = 'serve', ...rest] = process.argv.slice(2);
const chosen = TASKS[task];
if (chosen === undefined) {
  console.error(`usage: node tools/run.mjs ${Object.keys(TASKS).join('|')}`);
  process.exit(2);
}
chosen(rest);
