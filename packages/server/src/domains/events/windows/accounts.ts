/** Who an account is, so that people can be told from machines. The first five are ASIM's UserType values that Windows has. */
export type UserType = 'Regular' | 'Machine' | 'System' | 'Service' | 'Anonymous' | 'Guest';

/** SID prefixes that say it, the longest first. Source: Windows "Well-known SIDs"; [MS-DTYP] section 2.4.2.4. */
const BY_SID: readonly (readonly [prefix: string, type: UserType])[] = [
  ['S-1-5-18', 'System'],
  ['S-1-5-19', 'System'],
  ['S-1-5-20', 'System'],
  ['S-1-5-90-', 'System'],
  ['S-1-5-96-', 'System'],
  ['S-1-5-80-', 'Service'],
  ['S-1-5-82-', 'Service'],
  ['S-1-5-83-', 'Service'],
];

/** Names of accounts that Windows runs itself under; localised names are known by their SID instead. */
const SYSTEM_NAMES: ReadonlySet<string> = new Set(['system', 'local service', 'network service', 'localsystem']);
const SYSTEM_DOMAINS: ReadonlySet<string> = new Set(['nt authority', 'window manager', 'font driver host']);
const SERVICE_DOMAINS: ReadonlySet<string> = new Set(['nt service', 'iis apppool', 'nt virtual machine']);
const DESKTOP_ACCOUNT = /^(?:dwm|umfd)-\d+$/i;

/**
 * What kind of account it is, from its name, domain and SID (each may be empty). A name that ends in `$` is a machine's (or a
 * managed service account's), before its SID is looked at: a machine that acts as itself has S-1-5-18.
 */
export function userTypeOf(name: string, domain: string, sid: string): UserType {
  const plain = name.replace(/@.*$/, '').toLowerCase();
  if (sid === 'S-1-5-7' || plain === 'anonymous logon') return 'Anonymous';
  if (plain.endsWith('$')) return 'Machine';
  if (DESKTOP_ACCOUNT.test(plain)) return 'System';
  for (const [prefix, type] of BY_SID) if (prefix.endsWith('-') ? sid.startsWith(prefix) : sid === prefix) return type;
  const area = domain.toLowerCase();
  if (SYSTEM_DOMAINS.has(area) || SYSTEM_NAMES.has(plain)) return 'System';
  if (SERVICE_DOMAINS.has(area)) return 'Service';
  return /^S-1-5-21-[\d-]+-501$/.test(sid) || (sid === '' && plain === 'guest') ? 'Guest' : 'Regular';
}

/** The text of a field without padding; `-` and the nil SID and nil GUID are nothing. */
export function cleanText(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  const text = value.trim();
  return text === '-' || text === 'S-1-0-0' || text === '{00000000-0000-0000-0000-000000000000}' ? '' : text;
}

/** Words that Windows writes where there is no address. */
const NO_ADDRESS: ReadonlySet<string> = new Set([
  '',
  'local',
  'unknown',
  'localhost',
  '::1',
  '127.0.0.1',
  '0.0.0.0',
  '::',
]);

/** An address as other sources write it: `::ffff:10.0.0.1` is 10.0.0.1; local and missing ones are nothing. */
export function cleanAddress(value: unknown): string {
  const text = cleanText(value)
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .replace(/%\w+$/, '');
  return NO_ADDRESS.has(text.toLowerCase()) ? '' : text;
}

export interface SplitName {
  readonly name: string;
  readonly domain: string;
}

/** `DOMAIN\name` and `name@domain` into their parts; a plain name keeps the domain given beside it. */
export function splitName(written: string, domain = ''): SplitName {
  const slash = written.indexOf('\\');
  if (slash > 0) return { name: written.slice(slash + 1), domain: written.slice(0, slash) };
  const at = written.lastIndexOf('@');
  if (at > 0 && at < written.length - 1) return { name: written.slice(0, at), domain: written.slice(at + 1) };
  return { name: written, domain };
}

export interface Machine {
  /** Host name without its domain, as written. */
  readonly hostname: string;
  readonly domain: string;
  /** Only where a domain is known. */
  readonly fqdn: string;
}

export function machineOf(written: string): Machine {
  const text = written.trim().replace(/^\\+/, '').replace(/\.$/, '');
  const dot = text.indexOf('.');
  if (dot <= 0 || /^[\d.]+$/.test(text)) return { hostname: text, domain: '', fqdn: '' };
  return { hostname: text.slice(0, dot), domain: text.slice(dot + 1), fqdn: text };
}
