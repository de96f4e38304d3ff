import type { LogTable } from '../types.ts';
import { BLOOM, DICTIONARY } from '../storage.ts';

export const SignInEvents_CL = {
  name: 'SignInEvents_CL',
  description:
    'What a workstation agent reports to /api/log_event: sign-in, sign-out, lock and their like, as it sent them.',
  origin: 'Gatehouse',
  columns: [
    {
      name: 'EventType',
      type: 'string',
      description:
        'Sign-In, Sign-Out, Lock, Unlock, Sign-In-Failed, RDP-Connect, RDP-Disconnect, or what else the agent wrote.',
      storage: DICTIONARY,
    },
    {
      name: 'UserName',
      type: 'string',
      description: 'Account as the agent wrote it: name, DOMAIN\\name or name@domain.',
      entity: 'Account.FullName',
      storage: BLOOM,
    },
    {
      name: 'ComputerName',
      type: 'string',
      description: 'Machine that the event happened on.',
      entity: 'Host.HostName',
      storage: BLOOM,
    },
    {
      name: 'IPAddress',
      type: 'string',
      description: 'Address of that machine, or of the remote client of an RDP session.',
      entity: 'IP.Address',
      storage: BLOOM,
    },
    {
      name: 'Retry',
      type: 'int',
      description: 'How often the agent had tried before this event was taken; 0 is the first time.',
    },
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 365,
  partitionBy: 'month',
} as const satisfies LogTable;
