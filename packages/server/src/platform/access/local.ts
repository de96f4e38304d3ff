import { PERMISSIONS, type Principal, type PrincipalCompany } from './principal.ts';

/** Not a user's or key's id: the nil UUID, which no control store row has. */
const LOCAL_ID = '00000000-0000-0000-0000-000000000000';

/** Whoever may open the control socket owns the installation's files: the local operator may do everything in every company. */
export function localOperator(companies: readonly { id: string; number: number; timeZone: string }[]): Principal {
  const permissions = new Set(PERMISSIONS);
  return {
    kind: 'user',
    id: LOCAL_ID,
    label: 'local operator',
    companies: companies.map((company): PrincipalCompany => ({ ...company, permissions })),
    globalPermissions: permissions,
  };
}
