import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { confineTo } from '../../../platform/access/index.ts';
import { openTwoCompanies, NOW_MS } from '../testing/two-companies.ts';
import { createPlaces } from './index.ts';

const HEADER = 'network,country,state,city,latitude,longitude';

test('the file is read, and read again when it has changed; queries find the places', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-places-'));
  const file = path.join(folder, 'places.csv');
  await writeFile(file, `${HEADER}\n198.51.100.0/24,Northland,N,Nord,60.5,-10\n`);
  const world = await openTwoCompanies({ 'geo.database': file });
  try {
    const run = async () => {
      const text = 'SigninLogs | distinct c = tostring(geo_info_from_ip_address(IPAddress).country)';
      return (await world.query.run(confineTo([1]), text, { nowMs: NOW_MS })).rows;
    };
    await expect(run()).rejects.toThrow(/geo\.database/);
    await world.query.start?.();
    await expect.poll(() => run().catch(() => 'not yet'), { timeout: 20_000 }).toEqual([['Northland']]);
    const { database } = world.platform.config.store;
    const places = createPlaces(file, database, () => world.platform.store);
    await places.refresh();
    const first = places.current();
    expect(first).toMatchObject({ pieces: 1 });
    await places.refresh();
    expect(places.current()).toBe(first);
    await writeFile(file, `${HEADER}\n198.51.100.0/24,Southland,,,,\n203.0.113.0/24,Northland,,,,\n`);
    await places.refresh();
    expect(places.current()).not.toEqual(first);
    await writeFile(file, 'nothing\n');
    const second = places.current();
    await expect(places.refresh()).rejects.toThrow(/first line/);
    expect(places.current()).toBe(second);
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
