import { PERMISSIONS, type Permission } from '../../platform/access/index.ts';

/** Roles, the most powerful first. GlobalAdmin is a property of the user; the others are held in a company. */
export const ROLES = ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'User', 'Auditor'] as const;
export type Role = (typeof ROLES)[number];
export const COMPANY_ROLES = ['Admin', 'CompanyAdmin', 'User', 'Auditor'] as const satisfies readonly Role[];
export type CompanyRole = (typeof COMPANY_ROLES)[number];

/** What an API key may be made for. */
export const KEY_SCOPES = ['ingest', 'read', 'decisions', 'admin'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

type Holder = Role | KeyScope;

/**
 * The permission matrix: who holds what, in the companies the role or key belongs to. `GlobalAdmin` holds its permissions in
 * every company and, beyond any company, for the installation. A permission that lists nobody is nobody's.
 */
export const PERMISSION_MATRIX: Readonly<Record<Permission, readonly Holder[]>> = {
  public: [...ROLES, ...KEY_SCOPES],
  'session.self': [...ROLES, ...KEY_SCOPES],
  'events.write': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'ingest'],
  'events.read': [...ROLES, 'read', 'admin'],
  'query.run': [...ROLES, 'read', 'admin'],
  'library.read': [...ROLES, 'read', 'admin'],
  'library.manage': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'admin'],
  'tables.read': [...ROLES, 'read', 'admin'],
  'tables.manage': ['GlobalAdmin', 'Admin', 'admin'],
  'quarantine.manage': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'admin'],
  'rules.read': [...ROLES, 'read', 'admin'],
  'alerts.read': [...ROLES, 'read', 'admin'],
  'alerts.write': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'User', 'admin'],
  'actions.read': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'Auditor', 'admin'],
  'actions.manage': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'admin'],
  'keys.manage': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'admin'],
  'companies.read': [...ROLES, 'read', 'admin'],
  'companies.manage': ['GlobalAdmin'],
  'decisions.read': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'Auditor', 'decisions', 'admin'],
  'audit.read': ['GlobalAdmin', 'Admin', 'CompanyAdmin', 'Auditor', 'admin'],
  'metrics.read': ['GlobalAdmin'],
};

const NOTHING: ReadonlySet<Permission> = new Set();

/** Every holder's permissions, resolved once. */
const HELD: ReadonlyMap<string, ReadonlySet<Permission>> = new Map(
  [...ROLES, ...KEY_SCOPES].map((holder) => [
    holder,
    new Set(PERMISSIONS.filter((one) => PERMISSION_MATRIX[one].includes(holder))),
  ]),
);

/** What a role holds; a name that is no role holds nothing. */
export function permissionsOfRole(role: string): ReadonlySet<Permission> {
  return (ROLES as readonly string[]).includes(role) ? (HELD.get(role) ?? NOTHING) : NOTHING;
}

/** What a key with these scopes holds; a name that is no scope adds nothing. */
export function permissionsOfScopes(scopes: readonly string[]): ReadonlySet<Permission> {
  const known = scopes.filter((scope) => (KEY_SCOPES as readonly string[]).includes(scope));
  return new Set(known.flatMap((scope) => [...(HELD.get(scope) ?? NOTHING)]));
}
