/** A server process for `supervisor.test.ts` to kill: opens the store in the folder it is given and sends its child's id. */
import { openEventStore } from '../index.ts';

const store = await openEventStore({ kind: 'embedded', folder: process.argv[2] ?? '', database: 'gatehouse' });
await store.command('CREATE TABLE IF NOT EXISTS kept (a UInt8) ENGINE = MergeTree ORDER BY a');
await store.insert('kept', '{"a":1}', { token: 'kept' });
process.send?.(store.childPid());
