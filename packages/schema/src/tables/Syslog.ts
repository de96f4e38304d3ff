import { AZURE } from '../azure.ts';
import type { LogTable } from '../types.ts';
import { BLOOM, DICTIONARY, TEXT } from '../storage.ts';

export const Syslog = {
  name: 'Syslog',
  description: 'Messages of Unix machines and network devices.',
  origin: 'Azure Monitor',
  columns: [
    {
      name: 'CollectorHostName',
      type: 'string',
      description: 'Machine that collected the message.',
      storage: DICTIONARY,
    },
    {
      name: 'Computer',
      type: 'string',
      description: 'Machine the message is about.',
      entity: 'Host.FullName',
      storage: BLOOM,
    },
    { name: 'EventTime', type: 'datetime', description: 'Time the message itself carries.' },
    { name: 'Facility', type: 'string', description: 'Facility, e.g. authpriv.', storage: DICTIONARY },
    { name: 'HostIP', type: 'string', description: 'Address of the sender.', entity: 'IP.Address', storage: BLOOM },
    {
      name: 'HostName',
      type: 'string',
      description: 'Name of the sender.',
      entity: 'Host.HostName',
      storage: DICTIONARY,
    },
    { name: 'ProcessID', type: 'int', description: 'Process id.' },
    { name: 'ProcessName', type: 'string', description: 'Process that wrote it, e.g. sshd.', storage: DICTIONARY },
    { name: 'SeverityLevel', type: 'string', description: 'Severity, e.g. warning.', storage: DICTIONARY },
    { name: 'SyslogMessage', type: 'string', description: 'The text.', storage: TEXT },
    AZURE._BilledSize,
    AZURE._IsBillable,
    AZURE._ResourceId,
    AZURE.SourceSystem,
    AZURE._SubscriptionId,
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 90,
  partitionBy: 'day',
} as const satisfies LogTable;
