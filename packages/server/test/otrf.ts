import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importFile, type Plan, type Totals } from '../src/cli/import.ts';
import { createEventsHarness, type EventsHarness } from '../src/domains/events/testing.ts';

/** Where GATEHOUSE_SHARED has the public recordings; a folder that is not there where it is not set. */
export const OTRF_FOLDER = path.join(process.env.GATEHOUSE_SHARED ?? '/nowhere', 'data', 'otrf');

/** The recordings and their lines. */
export const OTRF_FILES = {
  'empire_persistence_registry_modification_run_keys_standard_user.zip': 40_569,
  'empire_wmic_add_user_backdoor.zip': 12_278,
  'purplesharp_ad_playbook_I.zip': 25_993,
} as const;

export interface Otrf {
  readonly harness: EventsHarness;
  readonly plan: Plan;
  /** Imports one recording as a user's command would. */
  importOne(name: string): Promise<Totals>;
  close(): Promise<void>;
}

/** A store for the recordings, whose writer stood in New York. */
export async function openOtrf(): Promise<Otrf> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'gatehouse-otrf-'));
  // The engine forgets by its own clock: what arrived in a standing clock's past would be older than its retention.
  const harness = await createEventsHarness({ timeZone: 'America/New_York', clockMs: Date.now() });
  const api = {
    call: async (
      method: string,
      url: string,
      options: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
    ) => {
      const answer = await harness.http.inject({
        method: method as 'POST',
        url,
        payload: options.body as string,
        headers: { 'x-api-key': harness.keys[0], ...options.headers },
      });
      return { status: answer.statusCode, headers: {}, text: answer.body };
    },
  };
  const plan: Plan = {
    table: 'SecurityEvent',
    format: undefined,
    company: harness.companies[0],
    query: '',
    dataFolder: scratch,
  };
  return {
    harness,
    plan,
    importOne: (name) => importFile(api, path.join(OTRF_FOLDER, name), plan),
    async close() {
      await harness.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
