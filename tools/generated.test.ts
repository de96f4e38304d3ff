import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('what is generated is what is committed', () => {
  const tool = fileURLToPath(new URL('./generate.ts', import.meta.url));
  const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', tool, '--check'], {
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('');
  expect(done.status).toBe(0);
}, 60_000);
