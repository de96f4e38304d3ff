import type { FastifyRequest } from 'fastify';
import {
  companyOf,
  confineTo,
  principalOf,
  type CompanyScope,
  type Permission,
  type Principal,
} from '../../platform/access/index.ts';
import { GatehouseError } from '../../platform/errors.ts';
import type { Audit } from '../audit/index.ts';
import { GLOBAL } from './tables.ts';

export const MANAGE: Permission = 'library.manage';

/** Which shelves of the library a caller may change: its companies', and the global one. */
export interface Keeper {
  /** What the trail and the versions show. */
  readonly label: string;
  mayChange(company: number): boolean;
}

export function keeperOf(request: FastifyRequest): Keeper {
  const principal = principalOf(request);
  return { label: principal.label, mayChange: (company) => mayChange(principal, company) };
}

function mayChange({ companies, globalPermissions }: Principal, company: number): boolean {
  return company === GLOBAL
    ? globalPermissions.has(MANAGE)
    : companies.some(({ number, permissions }) => number === company && permissions.has(MANAGE));
}

/** The shelf that something new goes to: the global one where the caller says so and may. */
export function shelfOf(request: FastifyRequest, isGlobal: boolean | undefined): number {
  if (isGlobal !== true) return companyOf(request, MANAGE).number;
  if (!principalOf(request).globalPermissions.has(MANAGE))
    throw new GatehouseError('FORBIDDEN', 403, 'Only a global administrator may change what belongs to every company.');
  return GLOBAL;
}

/** What a text on a shelf may see: its company's tables and names, on the global shelf what every company has. */
export function scopeOfShelf(company: number): CompanyScope {
  return confineTo(company === GLOBAL ? [] : [company]);
}

/** Writes what was done to the trail of the company, or of the installation. */
export async function record(
  audit: Pick<Audit, 'record'>,
  request: FastifyRequest,
  action: string,
  { company, target, detail }: { company: number; target: string; detail?: Record<string, unknown> },
): Promise<void> {
  const { kind, id, label } = principalOf(request);
  await audit.record({
    company: company === GLOBAL ? null : company,
    actor: { kind, id, label },
    action,
    target,
    outcome: 'success',
    address: request.ip,
    ...(detail === undefined ? {} : { detail }),
  });
}
