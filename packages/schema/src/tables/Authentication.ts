import { DICTIONARY } from '../storage.ts';
import type { LogTable } from '../types.ts';
import { EVENT_COLUMNS } from './Authentication/event.ts';
import { PRINCIPAL_COLUMNS } from './Authentication/principal.ts';
import { REPORTER_COLUMNS } from './Authentication/reporter.ts';
import { SOURCE_COLUMNS } from './Authentication/source.ts';
import { TARGET_COLUMNS } from './Authentication/target.ts';

export const Authentication = {
  name: 'Authentication',
  description: 'Every sign-in and sign-out, whatever reported it, in one shape: one row an authentication.',
  origin: 'ASIM 0.1.3',
  columns: [
    ...EVENT_COLUMNS,
    ...PRINCIPAL_COLUMNS,
    ...REPORTER_COLUMNS,
    ...SOURCE_COLUMNS,
    ...TARGET_COLUMNS,
    {
      name: 'EventOriginalTable',
      type: 'string',
      description: "Table of the native row that EventOriginalUid names; Gatehouse's own, not ASIM's.",
      storage: DICTIONARY,
    },
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 365,
  partitionBy: 'month',
} as const satisfies LogTable;
