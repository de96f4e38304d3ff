import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp } from '../app.ts';
import { readConfig } from '../platform/config/index.ts';
import { createLog } from '../platform/log.ts';

/** Prints the OpenAPI document of a server that is put together on scratch data and never listens. */
export async function run(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-openapi-'));
  const config = readConfig({ env: { GATEHOUSE_DATA: folder }, cwd: folder });
  const app = await createApp({ config, log: createLog('error') });
  try {
    process.stdout.write(`${JSON.stringify(app.fastify.swagger(), null, 2)}\n`);
  } finally {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}
