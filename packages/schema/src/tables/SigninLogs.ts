import { AZURE } from '../azure.ts';
import type { LogTable } from '../types.ts';
import { BLOOM, DICTIONARY } from '../storage.ts';
import { SIGN_IN_COLUMNS } from './entra/signIn.ts';

export const SigninLogs = {
  name: 'SigninLogs',
  description: 'Interactive sign-ins to Microsoft Entra ID.',
  origin: 'Azure Monitor',
  columns: [
    ...SIGN_IN_COLUMNS,
    { name: 'Agent', type: 'dynamic', description: 'Agent identity that signed in, if one did.' },
    {
      name: 'AppliedConditionalAccessPolicies',
      type: 'string',
      description: 'Conditional access policies that applied.',
    },
    { name: 'AuthenticationAppDeviceDetails', type: 'string', description: 'Device of the authenticator application.' },
    {
      name: 'AuthenticationAppPolicyEvaluationDetails',
      type: 'string',
      description: 'Policies the authenticator application met.',
    },
    { name: 'ConditionalAccessPolicies', type: 'dynamic', description: 'Policies the sign-in triggered.' },
    { name: 'DeviceDetail', type: 'dynamic', description: 'Device: id, system, browser, managed or not.' },
    { name: 'FlaggedForReview', type: 'bool', description: 'Whether the user flagged the failure for review.' },
    { name: 'IPAddressFromResourceProvider', type: 'string', description: 'Address the resource saw.', storage: BLOOM },
    { name: 'LocationDetails', type: 'dynamic', description: 'City, state, country and coordinates.' },
    { name: 'MfaDetail', type: 'dynamic', description: 'Second factor; deprecated by the source.' },
    { name: 'ProcessingTimeInMilliseconds', type: 'string', description: 'Milliseconds of processing.' },
    { name: 'Resource', type: 'string', description: 'Resource name.' },
    { name: 'ResourceId', type: 'string', description: 'Id of the resource.', storage: DICTIONARY },
    { name: 'ResourceProvider', type: 'string', description: 'Resource provider.', storage: DICTIONARY },
    { name: 'RiskLevel', type: 'string', description: 'Level of risk.', storage: DICTIONARY },
    {
      name: 'ServicePrincipalName',
      type: 'string',
      description: 'Name of the service principal.',
      storage: DICTIONARY,
    },
    { name: 'SignInIdentifier', type: 'string', description: 'What the user gave as identifier.', storage: BLOOM },
    {
      name: 'SourceAppClientId',
      type: 'string',
      description: 'Application the request came from.',
      storage: DICTIONARY,
    },
    { name: 'Status', type: 'dynamic', description: 'Error code and details of the sign-in.' },
    { name: 'TokenProtectionStatusDetails', type: 'dynamic', description: 'Whether the token is bound to the device.' },
    AZURE._BilledSize,
    AZURE._IsBillable,
    AZURE.SourceSystem,
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 365,
  partitionBy: 'month',
} as const satisfies LogTable;
