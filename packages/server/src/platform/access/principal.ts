/** What a caller may be allowed to do. The matrix of roles and key scopes over these is data in `domains/identity/permissions.ts`. */
export const PERMISSIONS = [
  'public',
  'session.self',
  'events.write',
  'events.read',
  'query.run',
  'library.read',
  'library.manage',
  'tables.read',
  'tables.manage',
  'quarantine.manage',
  'rules.read',
  'alerts.read',
  'alerts.write',
  'actions.read',
  'actions.manage',
  'keys.manage',
  'companies.read',
  'companies.manage',
  'decisions.read',
  'audit.read',
  'metrics.read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface PrincipalCompany {
  /** UUIDv7 of the company in the control store. */
  readonly id: string;
  /** The company's number in the event store and in seed 003's answers. */
  readonly number: number;
  /** IANA zone that zone-less times are read in. */
  readonly timeZone: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who is calling, resolved from server state on this very request. */
export interface Principal {
  readonly kind: 'user' | 'apiKey';
  /** User's or key's UUIDv7. */
  readonly id: string;
  /** What the audit trail shows: an e-mail address or a key's prefix. */
  readonly label: string;
  readonly companies: readonly PrincipalCompany[];
  /** Permissions that belong to no company (GlobalAdmin's). */
  readonly globalPermissions: ReadonlySet<Permission>;
}
