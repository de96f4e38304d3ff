import { AZURE } from '../azure.ts';
import type { LogTable } from '../types.ts';
import { DICTIONARY, TEXT } from '../storage.ts';

export const AppServiceConsoleLogs = {
  name: 'AppServiceConsoleLogs',
  description: 'What a web application wrote to its console, one row a line.',
  origin: 'Azure Monitor',
  columns: [
    { name: 'Category', type: 'string', description: 'Log category name.', storage: DICTIONARY },
    { name: 'ContainerId', type: 'string', description: 'Container that wrote the line.', storage: DICTIONARY },
    {
      name: 'Host',
      type: 'string',
      description: 'Host that ran the application.',
      entity: 'Host.HostName',
      storage: DICTIONARY,
    },
    { name: 'Level', type: 'string', description: 'Verbosity level of the line.', storage: DICTIONARY },
    { name: 'OperationName', type: 'string', description: 'Operation that the line reports.', storage: DICTIONARY },
    { name: 'ResultDescription', type: 'string', description: 'The line itself.', storage: TEXT },
    AZURE._BilledSize,
    AZURE._IsBillable,
    AZURE._ResourceId,
    AZURE.SourceSystem,
    AZURE._SubscriptionId,
    AZURE.TenantId,
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 90,
  partitionBy: 'day',
} as const satisfies LogTable;
