/**
 * The documentation's examples answer as printed, as many as ever did, and each that does not has its reason. Runs where
 * GATEHOUSE_SHARED names a folder that has them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const folder = path.join(process.env.GATEHOUSE_SHARED ?? '/nowhere', 'conformance');
const TOOL = path.join(import.meta.dirname, '../../../tools/conformance.ts');

it.skipIf(!existsSync(folder))(
  'fares with the documentation’s examples as well as before',
  { timeout: 400_000 },
  () => {
    const argv = ['--disable-warning=ExperimentalWarning', TOOL, folder, '--check'];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  },
);
