import type { Column } from '../../types.ts';
import { DICTIONARY, TEXT } from '../../storage.ts';

/** Processes and services. */
export const PROCESS_COLUMNS = [
  { name: 'CallerProcessId', type: 'string', description: 'Process that tried the sign-in, in hexadecimal.' },
  {
    name: 'CallerProcessName',
    type: 'string',
    description: 'Path of the process that tried the sign-in.',
    storage: DICTIONARY,
  },
  { name: 'CommandLine', type: 'string', description: 'Command line of a new process.', storage: TEXT },
  { name: 'FileHash', type: 'string', description: 'Hash of the file.' },
  { name: 'FilePath', type: 'string', description: 'Path of the file.' },
  { name: 'FilePathNoUser', type: 'string', description: "Path of the file without the user's part." },
  { name: 'Filter', type: 'string', description: 'Filter of the event.' },
  { name: 'Fqbn', type: 'string', description: 'Fully qualified name of the binary.' },
  { name: 'NewProcessId', type: 'string', description: 'The new process, in hexadecimal.' },
  { name: 'NewProcessName', type: 'string', description: 'Path of the new process.', storage: DICTIONARY },
  { name: 'ParentProcessName', type: 'string', description: 'Path of the parent process.', storage: DICTIONARY },
  { name: 'Process', type: 'string', description: 'File name of the process.', storage: DICTIONARY },
  { name: 'ProcessId', type: 'string', description: 'The process, in hexadecimal.' },
  { name: 'ProcessName', type: 'string', description: 'Path of the process.', storage: DICTIONARY },
  { name: 'TokenElevationType', type: 'string', description: "Kind of the new process's token.", storage: DICTIONARY },
  { name: 'ServiceFileName', type: 'string', description: 'Path and arguments of a new service.', storage: TEXT },
  { name: 'ServiceName', type: 'string', description: 'Name of the service.', storage: DICTIONARY },
  { name: 'ServiceStartType', type: 'int', description: 'How the service is started.' },
  { name: 'ServiceType', type: 'string', description: 'Kind of service.', storage: DICTIONARY },
] as const satisfies readonly Column[];
