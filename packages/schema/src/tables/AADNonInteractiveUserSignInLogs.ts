import { AZURE } from '../azure.ts';
import type { LogTable } from '../types.ts';
import { DICTIONARY } from '../storage.ts';
import { SIGN_IN_COLUMNS } from './entra/signIn.ts';

export const AADNonInteractiveUserSignInLogs = {
  name: 'AADNonInteractiveUserSignInLogs',
  description: 'Sign-ins to Microsoft Entra ID that a client made for a user, without asking.',
  origin: 'Azure Monitor',
  columns: [
    ...SIGN_IN_COLUMNS,
    { name: 'Agent', type: 'string', description: 'Agent identity that signed in, if one did.' },
    { name: 'ClientSessionId', type: 'string', description: 'Session id of the client.' },
    { name: 'ConditionalAccessPolicies', type: 'string', description: 'Policies the sign-in triggered.' },
    { name: 'DeviceDetail', type: 'string', description: 'Device: id, system, browser, managed or not.' },
    { name: 'LocationDetails', type: 'string', description: 'City, state, country and coordinates.' },
    { name: 'MfaDetail', type: 'string', description: 'Second factor; deprecated by the source.' },
    { name: 'ProcessingTimeInMs', type: 'string', description: 'Milliseconds of processing.' },
    {
      name: 'SignInEventTypes',
      type: 'string',
      description: 'Kinds of sign-in, e.g. refreshToken.',
      storage: DICTIONARY,
    },
    { name: 'Status', type: 'string', description: 'Error code and details of the sign-in.' },
    { name: 'TokenProtectionStatusDetails', type: 'string', description: 'Whether the token is bound to the device.' },
    AZURE._BilledSize,
    AZURE._IsBillable,
    AZURE.SourceSystem,
    AZURE.TenantId,
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 365,
  partitionBy: 'month',
} as const satisfies LogTable;
