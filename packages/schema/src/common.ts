import type { Column } from './types.ts';

/**
 * Columns every log table has. `CompanyId` (a small integer, first in every sorting key) is not among them: it is the data
 * layer's, and no query can name it.
 */
export const COMMON_COLUMNS = [
  {
    name: 'TimeGenerated',
    type: 'datetime',
    description: 'When the event happened, in UTC; the arrival time where the sender gave none.',
  },
  {
    name: 'IngestedAt',
    type: 'datetime',
    description: 'When the event arrived here, in UTC; what ingestion_time() answers.',
  },
  {
    name: 'EventUid',
    type: 'string',
    description: "The event's own id: the sender's, or a hash of its content. A resend has the same one.",
    storage: { index: 'bloom' },
  },
  { name: 'Type', type: 'string', description: 'The name of the table.', storage: { lowCardinality: true } },
  {
    name: 'TimeReading',
    type: 'string',
    description: 'How the sender wrote the time, and the zone that was assumed where it named none.',
    storage: { lowCardinality: true },
  },
  {
    name: 'TimeFlag',
    type: 'string',
    description: 'Empty, or why the time is doubtful: future, ancient, unreadable.',
    storage: { lowCardinality: true },
  },
  {
    name: 'AdditionalFields',
    type: 'dynamic',
    description: 'What the sender gave and the table has no column for.',
  },
] as const satisfies readonly Column[];
