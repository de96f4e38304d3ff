import { DICTIONARY } from './storage.ts';
import type { Column } from './types.ts';

/**
 * Columns that Azure Monitor adds to its tables. They are kept so that public queries that name them bind; they hold what
 * a sender that forwards from Azure gave, and are empty otherwise.
 */
export const AZURE = {
  _BilledSize: { name: '_BilledSize', type: 'real', description: 'Bytes of the row as Azure billed it.' },
  _IsBillable: {
    name: '_IsBillable',
    type: 'string',
    description: 'Whether Azure billed the row.',
    storage: DICTIONARY,
  },
  _ResourceId: { name: '_ResourceId', type: 'string', description: 'Azure resource of the row.', storage: DICTIONARY },
  SourceSystem: { name: 'SourceSystem', type: 'string', description: 'Agent that collected it.', storage: DICTIONARY },
  _SubscriptionId: { name: '_SubscriptionId', type: 'string', description: 'Azure subscription.', storage: DICTIONARY },
  TenantId: { name: 'TenantId', type: 'string', description: 'Log Analytics workspace.', storage: DICTIONARY },
} as const satisfies Readonly<Record<string, Column>>;
