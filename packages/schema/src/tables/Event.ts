import { AZURE } from '../azure.ts';
import type { LogTable } from '../types.ts';
import { BLOOM, DICTIONARY, TEXT } from '../storage.ts';

export const Event = {
  name: 'Event',
  description: 'Windows events of any channel, as the Log Analytics agent wrote them.',
  origin: 'Azure Monitor',
  columns: [
    {
      name: 'AzureDeploymentID',
      type: 'string',
      description: 'Cloud service the row comes from.',
      storage: DICTIONARY,
    },
    {
      name: 'Computer',
      type: 'string',
      description: 'Machine that logged the event.',
      entity: 'Host.FullName',
      storage: BLOOM,
    },
    { name: 'EventCategory', type: 'int', description: 'Category number of the event.' },
    { name: 'EventData', type: 'string', description: 'All data of the event, raw.', storage: TEXT },
    { name: 'EventID', type: 'int', description: 'Number of the event.' },
    { name: 'EventLevel', type: 'int', description: 'Severity as a number.' },
    { name: 'EventLevelName', type: 'string', description: 'Severity as a word.', storage: DICTIONARY },
    { name: 'EventLog', type: 'string', description: 'Channel, e.g. System.', storage: DICTIONARY },
    { name: 'ManagementGroupName', type: 'string', description: 'Management group of the agent.', storage: DICTIONARY },
    { name: 'Message', type: 'string', description: 'Message text per language.' },
    { name: 'ParameterXml', type: 'string', description: 'Parameters as XML.' },
    { name: 'RenderedDescription', type: 'string', description: 'Message with its parameters.', storage: TEXT },
    { name: 'Role', type: 'string', description: 'Cloud service role.', storage: DICTIONARY },
    { name: 'Source', type: 'string', description: 'Source that logged it.', storage: DICTIONARY },
    {
      name: 'UserName',
      type: 'string',
      description: 'Account that logged the event.',
      entity: 'Account.FullName',
      storage: BLOOM,
    },
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
