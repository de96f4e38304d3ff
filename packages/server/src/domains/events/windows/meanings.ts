/** ASIM's event types and, where Windows says more than they can, ours (see the domain's README). */
export type AuthenticationType =
  | 'Logon'
  | 'Logoff'
  | 'Lock'
  | 'Unlock'
  | 'Disconnect'
  | 'Reconnect'
  | 'ExplicitCredentials'
  | 'ServiceTicket'
  | 'AccountLockout'
  | 'AccountUnlock';

/** Names of the fields that hold one thing in an event; Windows names them differently from event to event. */
export interface PersonFields {
  readonly name: string;
  readonly domain: string;
  readonly sid?: string;
  readonly session?: string;
}

export interface Meaning {
  readonly id: number;
  /** `<id> - <sentence>`, as SecurityEvent.Activity has it. */
  readonly activity: string;
  /** Absent: no authentication (a change of an account, say); the native row is all. */
  readonly authentication?: {
    readonly type: AuthenticationType;
    /** Whose session or account it is about. */
    readonly target: PersonFields;
    /** Who asked for it, where that is another. */
    readonly actor?: PersonFields;
    readonly address?: string;
    readonly port?: string;
    readonly sourceHost?: string;
    readonly protocol?: { readonly field: string } | { readonly value: string };
    /** Success where absent; `codes`: from Status and SubStatus; `failure`: always. */
    readonly result?: 'codes' | 'failure';
    readonly codes?: 'ntstatus' | 'kerberos';
    /** EventSubType and EventOriginalSubType where no logon type gives them. */
    readonly subType?: string;
    readonly originalSubType?: string;
    readonly linkedSession?: string;
    readonly targetApp?: string;
  };
}

const TARGET = {
  name: 'TargetUserName',
  domain: 'TargetDomainName',
  sid: 'TargetUserSid',
  session: 'TargetLogonId',
} as const;
const CHANGED = { name: 'TargetUserName', domain: 'TargetDomainName', sid: 'TargetSid' } as const;
const SUBJECT = {
  name: 'SubjectUserName',
  domain: 'SubjectDomainName',
  sid: 'SubjectUserSid',
  session: 'SubjectLogonId',
} as const;
const SESSION = { name: 'AccountName', domain: 'AccountDomain', session: 'LogonID' } as const;
const FROM_NETWORK = { address: 'IpAddress', port: 'IpPort' } as const;
const CREDENTIAL_CHECK = { type: 'Logon', subType: 'Remote' } as const;

/** Channel and provider of all of them. Event 4625 of another provider is something else. */
export const SECURITY_CHANNEL = 'security';
export const SECURITY_PROVIDER = 'microsoft-windows-security-auditing';

/** Source: Windows security auditing reference, one page an event. */
const MEANINGS: readonly Meaning[] = [
  {
    id: 4624,
    activity: '4624 - An account was successfully logged on.',
    authentication: {
      type: 'Logon',
      target: TARGET,
      actor: SUBJECT,
      ...FROM_NETWORK,
      sourceHost: 'WorkstationName',
      protocol: { field: 'AuthenticationPackageName' },
      linkedSession: 'TargetLinkedLogonId',
    },
  },
  {
    id: 4625,
    activity: '4625 - An account failed to log on.',
    authentication: {
      type: 'Logon',
      target: TARGET,
      actor: SUBJECT,
      ...FROM_NETWORK,
      sourceHost: 'WorkstationName',
      protocol: { field: 'AuthenticationPackageName' },
      result: 'failure',
      codes: 'ntstatus',
    },
  },
  { id: 4634, activity: '4634 - An account was logged off.', authentication: { type: 'Logoff', target: TARGET } },
  {
    id: 4647,
    activity: '4647 - User initiated logoff.',
    authentication: { type: 'Logoff', target: TARGET, subType: 'Interactive', originalSubType: 'User initiated' },
  },
  {
    id: 4648,
    activity: '4648 - A logon was attempted using explicit credentials.',
    authentication: {
      type: 'ExplicitCredentials',
      target: { name: 'TargetUserName', domain: 'TargetDomainName' },
      actor: SUBJECT,
      ...FROM_NETWORK,
      subType: 'AssumeRole',
      targetApp: 'TargetServerName',
    },
  },
  {
    id: 4768,
    activity: '4768 - A Kerberos authentication ticket (TGT) was requested.',
    authentication: {
      ...CREDENTIAL_CHECK,
      target: CHANGED,
      ...FROM_NETWORK,
      protocol: { value: 'Kerberos' },
      result: 'codes',
      codes: 'kerberos',
      originalSubType: 'Kerberos ticket-granting ticket',
      targetApp: 'ServiceName',
    },
  },
  {
    id: 4769,
    activity: '4769 - A Kerberos service ticket was requested.',
    authentication: {
      type: 'ServiceTicket',
      target: { name: 'TargetUserName', domain: 'TargetDomainName' },
      ...FROM_NETWORK,
      protocol: { value: 'Kerberos' },
      result: 'codes',
      codes: 'kerberos',
      subType: 'RemoteService',
      originalSubType: 'Kerberos service ticket',
      targetApp: 'ServiceName',
    },
  },
  {
    id: 4771,
    activity: '4771 - Kerberos pre-authentication failed.',
    authentication: {
      ...CREDENTIAL_CHECK,
      target: CHANGED,
      ...FROM_NETWORK,
      protocol: { value: 'Kerberos' },
      result: 'failure',
      codes: 'kerberos',
      originalSubType: 'Kerberos pre-authentication',
      targetApp: 'ServiceName',
    },
  },
  {
    id: 4776,
    activity: '4776 - The domain controller attempted to validate the credentials for an account.',
    authentication: {
      ...CREDENTIAL_CHECK,
      target: { name: 'TargetUserName', domain: '' },
      sourceHost: 'Workstation',
      protocol: { value: 'NTLM' },
      result: 'codes',
      codes: 'ntstatus',
      originalSubType: 'NTLM credential check',
    },
  },
  {
    id: 4778,
    activity: '4778 - A session was reconnected to a Window Station.',
    authentication: {
      type: 'Reconnect',
      target: SESSION,
      address: 'ClientAddress',
      sourceHost: 'ClientName',
      subType: 'RemoteInteractive',
    },
  },
  {
    id: 4779,
    activity: '4779 - A session was disconnected from a Window Station.',
    authentication: {
      type: 'Disconnect',
      target: SESSION,
      address: 'ClientAddress',
      sourceHost: 'ClientName',
      subType: 'RemoteInteractive',
    },
  },
  {
    id: 4800,
    activity: '4800 - The workstation was locked.',
    authentication: { type: 'Lock', target: TARGET, subType: 'Interactive' },
  },
  {
    id: 4801,
    activity: '4801 - The workstation was unlocked.',
    authentication: { type: 'Unlock', target: TARGET, subType: 'Interactive' },
  },
  {
    id: 4740,
    activity: '4740 - A user account was locked out.',
    // The caller's computer stands in TargetDomainName here, not a domain.
    authentication: {
      type: 'AccountLockout',
      target: { name: 'TargetUserName', domain: '', sid: 'TargetSid' },
      actor: SUBJECT,
      sourceHost: 'TargetDomainName',
    },
  },
  {
    id: 4767,
    activity: '4767 - A user account was unlocked.',
    authentication: { type: 'AccountUnlock', target: CHANGED, actor: SUBJECT },
  },
  { id: 4608, activity: '4608 - Windows is starting up.' },
  { id: 4616, activity: '4616 - The system time was changed.' },
  { id: 4627, activity: '4627 - Group membership information.' },
  { id: 4672, activity: '4672 - Special privileges assigned to new logon.' },
  { id: 4688, activity: '4688 - A new process has been created.' },
  { id: 4689, activity: '4689 - A process has exited.' },
  { id: 4697, activity: '4697 - A service was installed in the system.' },
  { id: 4720, activity: '4720 - A user account was created.' },
  { id: 4722, activity: '4722 - A user account was enabled.' },
  { id: 4723, activity: "4723 - An attempt was made to change an account's password." },
  { id: 4724, activity: "4724 - An attempt was made to reset an account's password." },
  { id: 4725, activity: '4725 - A user account was disabled.' },
  { id: 4726, activity: '4726 - A user account was deleted.' },
  { id: 4728, activity: '4728 - A member was added to a security-enabled global group.' },
  { id: 4729, activity: '4729 - A member was removed from a security-enabled global group.' },
  { id: 4732, activity: '4732 - A member was added to a security-enabled local group.' },
  { id: 4733, activity: '4733 - A member was removed from a security-enabled local group.' },
  { id: 4738, activity: '4738 - A user account was changed.' },
  { id: 4756, activity: '4756 - A member was added to a security-enabled universal group.' },
  { id: 4757, activity: '4757 - A member was removed from a security-enabled universal group.' },
  { id: 4781, activity: '4781 - The name of an account was changed.' },
  { id: 4798, activity: "4798 - A user's local group membership was enumerated." },
  { id: 4799, activity: '4799 - A security-enabled local group membership was enumerated.' },
  { id: 4802, activity: '4802 - The screen saver was invoked.' },
  { id: 4803, activity: '4803 - The screen saver was dismissed.' },
];

const BY_ID: ReadonlyMap<number, Meaning> = new Map(MEANINGS.map((meaning) => [meaning.id, meaning]));

/** What an event means, by provider, channel and id; never by its text, which is in the machine's language. */
export function meaningOf(provider: string, channel: string, id: number): Meaning | undefined {
  if (channel.toLowerCase() !== SECURITY_CHANNEL || provider.toLowerCase() !== SECURITY_PROVIDER) return undefined;
  return BY_ID.get(id);
}
