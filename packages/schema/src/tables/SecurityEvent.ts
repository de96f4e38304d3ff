import { AZURE } from '../azure.ts';
import type { LogTable } from '../types.ts';
import { EVENT_COLUMNS } from './SecurityEvent/event.ts';
import { LOGON_COLUMNS } from './SecurityEvent/logon.ts';
import { PROCESS_COLUMNS } from './SecurityEvent/process.ts';
import { OBJECT_COLUMNS } from './SecurityEvent/object.ts';
import { DIRECTORY_COLUMNS } from './SecurityEvent/directory.ts';
import { NETWORK_COLUMNS } from './SecurityEvent/network.ts';
import { CERTIFICATE_COLUMNS } from './SecurityEvent/certificate.ts';

export const SecurityEvent = {
  name: 'SecurityEvent',
  description: 'The Windows security log: sign-ins, account changes, access to objects.',
  origin: 'Azure Monitor',
  columns: [
    ...EVENT_COLUMNS,
    ...LOGON_COLUMNS,
    ...PROCESS_COLUMNS,
    ...OBJECT_COLUMNS,
    ...DIRECTORY_COLUMNS,
    ...NETWORK_COLUMNS,
    ...CERTIFICATE_COLUMNS,
    AZURE._BilledSize,
    AZURE._IsBillable,
    AZURE._ResourceId,
    AZURE.SourceSystem,
    AZURE._SubscriptionId,
    AZURE.TenantId,
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 365,
  partitionBy: 'day',
} as const satisfies LogTable;
