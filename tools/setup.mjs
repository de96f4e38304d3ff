/**
 * Brings a fresh clone to where it can run: dependencies, the Node it needs, the console's build, a browser for the tests.
 * Plain JavaScript for Node 20 and newer, because it runs before anything is installed. Each step is skipped when what it
 * would make is there and its inputs have not changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = path.join(ROOT, 'node_modules');

/** The environment in which the project's own Node comes first. */
export function environment(extra = {}) {
  const bin = path.join(MODULES, '.bin');
  return {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
    npm_config_update_notifier: 'false',
    // What the TypeScript became is kept: a later start is quicker and takes 25 MB less.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(MODULES, '.cache', 'node'),
    ...extra,
  };
}

/** Runs a command with our environment; its output is the user's. Exits with its code when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: environment(options.env),
    shell: process.platform === 'win32',
  });
  if (done.error) console.error(`${command}: ${done.error.message}`);
  const status = done.status ?? 1;
  if (status !== 0 && options.mayFail !== true) process.exit(status);
  return status;
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files.sort())
    hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}

function upToDate(stamp, value) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === value;
}

/** npm ci, when package-lock.json is not what node_modules was made from. */
export function ensureDependencies() {
  const manifests = [
    'package.json',
    'package-lock.json',
    ...readdirSync(path.join(ROOT, 'packages')).map((name) => `packages/${name}/package.json`),
  ]
    .map((name) => path.join(ROOT, name))
    .filter((file) => existsSync(file) && statSync(file).isFile());
  const wanted = hashOf(manifests);
  const stamp = path.join(MODULES, '.gatehouse-stamp');
  if (upToDate(stamp, wanted)) return;
  console.log('Installing dependencies (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

/** The path of the Node that runs Gatehouse: this one where it is 24 or newer, the project's own otherwise. */
export function nodeBinary() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const pinned = path.join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(pinned)) return pinned;
  console.error(
    'Node 24 is missing although dependencies are installed: remove node_modules and run again (npm must be allowed to run the install script of "node").',
  );
  process.exit(1);
}

/** The console's build, when its sources changed since. */
export function ensureConsole() {
  const web = path.join(ROOT, 'packages', 'web');
  if (!existsSync(path.join(web, 'vite.config.ts'))) return;
  const wanted = hashOf([...filesBelow(web), path.join(ROOT, 'package-lock.json')]);
  const stamp = path.join(web, 'dist', '.stamp');
  if (upToDate(stamp, wanted)) return;
  console.log('Building the console …');
  run('npm', ['run', '--silent', 'build', '-w', '@gatehouse/web'], { env: { NODE_OPTIONS: '' } });
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium on this machine, or undefined. */
export function findChromium() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter))
    for (const name of CHROMIUM_NAMES) if (existsSync(path.join(folder, name))) return path.join(folder, name);
  return undefined;
}

/** Installs Chromium where apt and root are at hand; says so where the browser tests will be skipped, and why. */
export function ensureChromium() {
  if (findChromium() !== undefined) return;
  const root = typeof process.getuid === 'function' && process.getuid() === 0;
  const apt = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
  if (!root || !apt) {
    console.warn(
      `Browser tests will be skipped: no Chromium on the PATH, and ${root ? 'no apt-get' : 'not root'} to install one.`,
    );
    return;
  }
  console.log('Installing Chromium for the browser tests …');
  const quiet = { env: { DEBIAN_FRONTEND: 'noninteractive' }, mayFail: true };
  run('apt-get', ['update', '-qq'], quiet);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet);
  if (findChromium() === undefined) console.warn('Browser tests will be skipped: Chromium could not be installed.');
}
