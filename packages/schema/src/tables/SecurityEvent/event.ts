import type { Column } from '../../types.ts';
import { BLOOM, DICTIONARY, TEXT } from '../../storage.ts';

/** What every Windows event has: where it was logged and by which provider. */
export const EVENT_COLUMNS = [
  { name: 'Channel', type: 'string', description: 'Channel, e.g. Security; spelt in any case.', storage: DICTIONARY },
  {
    name: 'Computer',
    type: 'string',
    description: 'Machine that logged the event.',
    entity: 'Host.FullName',
    storage: BLOOM,
  },
  { name: 'Correlation', type: 'string', description: 'Activity ids that group related events.' },
  { name: 'EventData', type: 'string', description: "The event's data, raw.", storage: TEXT },
  { name: 'EventID', type: 'int', description: 'Number of the event, e.g. 4624.' },
  { name: 'EventLevelName', type: 'string', description: 'Severity as a word.', storage: DICTIONARY },
  { name: 'EventRecordId', type: 'string', description: 'Record number in its channel.', storage: BLOOM },
  { name: 'EventSourceName', type: 'string', description: 'Provider that logged the event.', storage: DICTIONARY },
  { name: 'Activity', type: 'string', description: 'Number and title of the event.', storage: DICTIONARY },
  {
    name: 'Keywords',
    type: 'string',
    description: 'Keywords, as a bit mask: audit success or failure.',
    storage: DICTIONARY,
  },
  { name: 'Level', type: 'string', description: 'Severity as a number.', storage: DICTIONARY },
  { name: 'Opcode', type: 'string', description: 'Operation code.', storage: DICTIONARY },
  { name: 'SystemProcessId', type: 'int', description: 'Process that logged the event.' },
  { name: 'SystemThreadId', type: 'int', description: 'Thread that logged the event.' },
  { name: 'SystemUserId', type: 'string', description: 'Account that logged the event, as SID.', storage: DICTIONARY },
  { name: 'Task', type: 'int', description: 'Task number.' },
  { name: 'Version', type: 'int', description: "Version of the event's definition." },
  { name: 'AzureDeploymentID', type: 'string', description: 'Cloud service the row comes from.', storage: DICTIONARY },
  { name: 'ManagementGroupName', type: 'string', description: 'Management group of the agent.', storage: DICTIONARY },
  { name: 'SourceComputerId', type: 'string', description: "Id of the machine's agent.", storage: DICTIONARY },
  {
    name: 'StorageAccount',
    type: 'string',
    description: 'Storage account the row was read from.',
    storage: DICTIONARY,
  },
] as const satisfies readonly Column[];
