import type { LogTable } from '../types.ts';

export const AppServiceConsoleLogs = {
  name: 'AppServiceConsoleLogs',
  description: 'What a web application wrote to its console, one row a line.',
  origin: 'Azure Monitor',
  columns: [
    { name: 'Category', type: 'string', description: 'Log category name.', storage: { lowCardinality: true } },
    { name: 'ContainerId', type: 'string', description: 'Container that wrote the line.' },
    { name: 'Host', type: 'string', description: 'Host that ran the application.', entity: 'Host.HostName' },
    { name: 'Level', type: 'string', description: 'Verbosity level of the line.', storage: { lowCardinality: true } },
    { name: 'OperationName', type: 'string', description: 'Operation that the line reports.', storage: { lowCardinality: true } },
    { name: 'ResultDescription', type: 'string', description: 'The line itself.', storage: { index: 'text' } },
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 90,
  partitionBy: 'day',
} as const satisfies LogTable;
