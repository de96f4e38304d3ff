/** ASIM's words for why an authentication ended as it did. Source: ASIM Authentication schema 0.1.3, EventResultDetails. */
export type ResultDetails =
  | 'No such user or password'
  | 'No such user'
  | 'Incorrect password'
  | 'Incorrect key'
  | 'Account expired'
  | 'Password expired'
  | 'User locked'
  | 'User disabled'
  | 'Logon violates policy'
  | 'Session expired'
  | 'Other';

export interface Reason {
  readonly words: string;
  readonly details: ResultDetails;
}

/**
 * NTSTATUS codes of Status and SubStatus (4625, 4776) without `0x`, in lower case.
 * Source: Windows security auditing reference, events 4625 and 4776; [MS-ERREF] section 2.3.1.
 */
export const NTSTATUS: Readonly<Record<string, Reason>> = {
  c0000022: { words: 'access denied', details: 'Logon violates policy' },
  c000005e: { words: 'no logon server available', details: 'Other' },
  c0000064: { words: 'no such user', details: 'No such user' },
  c000006a: { words: 'wrong password', details: 'Incorrect password' },
  c000006d: { words: 'wrong user name or authentication information', details: 'No such user or password' },
  c000006e: { words: 'account restriction', details: 'Logon violates policy' },
  c000006f: { words: 'outside the allowed hours', details: 'Logon violates policy' },
  c0000070: { words: 'not allowed from this workstation', details: 'Logon violates policy' },
  c0000071: { words: 'password expired', details: 'Password expired' },
  c0000072: { words: 'account disabled', details: 'User disabled' },
  c00000dc: { words: 'security accounts manager in the wrong state', details: 'Other' },
  c0000133: { words: 'clocks too far apart', details: 'Other' },
  c000015b: { words: 'logon type not granted to the account', details: 'Logon violates policy' },
  c000018c: { words: 'trust relationship failed', details: 'Other' },
  c000018d: { words: 'trust relationship of the machine failed', details: 'Other' },
  c0000192: { words: 'Netlogon service not started', details: 'Other' },
  c0000193: { words: 'account expired', details: 'Account expired' },
  c0000224: { words: 'password must be changed first', details: 'Password expired' },
  c0000225: { words: 'a Windows fault, no risk', details: 'Other' },
  c0000234: { words: 'account locked out', details: 'User locked' },
  c00002ee: { words: 'an error during the logon', details: 'Other' },
  c0000371: { words: 'no secret of the account on this machine', details: 'Other' },
  c0000380: { words: 'wrong smart card PIN', details: 'Incorrect key' },
  c0000381: { words: 'smart card blocked', details: 'User locked' },
  c0000413: { words: 'authentication firewall', details: 'Logon violates policy' },
};

/** Kerberos result codes (4768, 4769, 4771), without `0x`, in lower case. Source: RFC 4120 section 7.5.9; event 4771's reference. */
export const KERBEROS: Readonly<Record<string, Reason>> = {
  '1': { words: "client's entry in the database expired", details: 'Account expired' },
  '6': { words: 'no such client', details: 'No such user' },
  '7': { words: 'no such service', details: 'Other' },
  '9': { words: 'client or service has no key', details: 'Other' },
  b: { words: 'ticket validity not possible', details: 'Other' },
  c: { words: 'not allowed by policy: workstation or hours', details: 'Logon violates policy' },
  d: { words: 'option not supported', details: 'Other' },
  e: { words: 'encryption type not supported', details: 'Other' },
  '10': { words: 'pre-authentication data not supported: smart card', details: 'Other' },
  '12': { words: 'account disabled, expired, locked out or outside its hours', details: 'User disabled' },
  '17': { words: 'password expired', details: 'Password expired' },
  '18': { words: 'wrong password', details: 'Incorrect password' },
  '19': { words: 'pre-authentication required', details: 'Other' },
  '1b': { words: 'user-to-user authentication required', details: 'Other' },
  '1d': { words: 'a service is not available', details: 'Other' },
  '1f': { words: 'integrity check failed: wrong key', details: 'Incorrect key' },
  '20': { words: 'ticket expired', details: 'Session expired' },
  '25': { words: 'clocks too far apart', details: 'Other' },
};

/** `0xC000006A`, `0XC…`, `c000006a` → `c000006a`; `-` and nothing → ''. */
export function statusDigits(value: string): string {
  const match = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(value.trim());
  const digits = match?.[1]?.toLowerCase().replace(/^0+(?=.)/, '') ?? '';
  return digits;
}

/** Logon types: their name and ASIM's EventSubType. Source: event 4624's reference; ASIM EventSubType values. */
export const LOGON_TYPES: Readonly<Record<number, { readonly name: string; readonly subType: string }>> = {
  0: { name: 'System', subType: 'System' },
  2: { name: 'Interactive', subType: 'Interactive' },
  3: { name: 'Network', subType: 'Remote' },
  4: { name: 'Batch', subType: 'Service' },
  5: { name: 'Service', subType: 'Service' },
  7: { name: 'Unlock', subType: 'Interactive' },
  8: { name: 'NetworkCleartext', subType: 'Remote' },
  9: { name: 'NewCredentials', subType: 'AssumeRole' },
  10: { name: 'RemoteInteractive', subType: 'RemoteInteractive' },
  11: { name: 'CachedInteractive', subType: 'Interactive' },
  12: { name: 'CachedRemoteInteractive', subType: 'RemoteInteractive' },
  13: { name: 'CachedUnlock', subType: 'Interactive' },
};
