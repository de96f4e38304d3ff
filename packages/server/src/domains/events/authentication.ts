import { machineOf, splitName, type UserType } from './windows/accounts.ts';

/** An account in an authentication; empty where nothing is known. */
export interface AccountFacts {
  readonly name: string;
  readonly domain: string;
  readonly sid: string;
  readonly type: UserType;
  readonly session: string;
}

/** What the sources know of an authentication; empty text and undefined are "not known". */
export interface AuthenticationFacts {
  readonly type: string;
  readonly subType: string;
  readonly originalType: string;
  readonly originalSubType: string;
  readonly message: string;
  readonly result: 'Success' | 'Failure' | 'NA';
  readonly resultDetails: string;
  readonly originalResultDetails: string;
  readonly vendor: string;
  readonly product: string;
  readonly target: AccountFacts;
  readonly actor?: AccountFacts | undefined;
  /** The machine that reported, and where the session is. */
  readonly computer: string;
  readonly address: string;
  readonly port?: number | undefined;
  readonly sourceHost: string;
  readonly protocol: string;
  readonly targetApp: string;
  readonly process?: { readonly name: string; readonly id: string };
  /** Table of the native row. */
  readonly table: string;
  /** Goes to `AdditionalFields`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export const ASIM_SCHEMA_VERSION = '0.1.3';

/** `DOMAIN\name` (Windows), `name@dns.domain` (UPN) or the name alone (Simple). */
function usernameOf(account: AccountFacts): readonly [name: string, type: string] {
  if (account.name === '') return ['', ''];
  if (account.domain === '') return [account.name, 'Simple'];
  return account.domain.includes('.') && !account.domain.includes(' ')
    ? [`${account.name}@${account.domain}`, 'UPN']
    : [`${account.domain}\\${account.name}`, 'Windows'];
}

/** Values for the columns of `Authentication`, its times apart; empty ones are left out: an absent column costs nothing. */
export function asimRow(facts: AuthenticationFacts): Record<string, unknown> {
  const row: Record<string, unknown> = {
    EventCount: 1,
    EventType: facts.type,
    EventResult: facts.result,
    EventSeverity: 'Informational',
    EventProduct: facts.product,
    EventVendor: facts.vendor,
    EventSchema: 'Authentication',
    EventSchemaVersion: ASIM_SCHEMA_VERSION,
    EventOriginalTable: facts.table,
  };
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== '' && value !== undefined) row[name] = value;
  };
  set('EventSubType', facts.subType);
  set('EventResultDetails', facts.resultDetails);
  set('EventMessage', facts.message);
  set('EventOriginalType', facts.originalType);
  set('EventOriginalSubType', facts.originalSubType);
  set('EventOriginalResultDetails', facts.originalResultDetails);
  set('LogonProtocol', facts.protocol);
  setTarget(set, facts);
  if (facts.actor !== undefined) setActor(set, facts.actor);
  setMachines(set, facts);
  set('TargetAppName', facts.targetApp);
  set('Application', facts.targetApp);
  set('ActingProcessName', facts.process?.name);
  set('ActingProcessId', facts.process?.id);
  for (const name in facts.more) row[name] = facts.more[name];
  return row;
}

type Set = (name: string, value: string | number | undefined) => void;

function setTarget(set: Set, { target }: AuthenticationFacts): void {
  const [username, usernameType] = usernameOf(target);
  set('TargetUsername', username);
  set('TargetUsernameType', usernameType);
  set('User', username);
  set('TargetSimpleUsername', target.name);
  if (usernameType === 'UPN') set('TargetUserUpn', username);
  if (usernameType === 'Windows') set('TargetWindowsUsername', username);
  if (username !== '') set('TargetUserType', target.type);
  set('TargetUserId', target.sid);
  set('TargetUserSid', target.sid);
  if (target.sid !== '') set('TargetUserIdType', 'SID');
  set('TargetSessionId', target.session);
}

function setActor(set: Set, actor: AccountFacts): void {
  const [username, usernameType] = usernameOf(actor);
  set('ActorUsername', username);
  set('ActorUsernameType', usernameType);
  set('ActorSimpleUsername', actor.name);
  if (usernameType === 'Windows') set('ActorWindowsUsername', username);
  if (username !== '') set('ActorUserType', actor.type);
  set('ActorUserId', actor.sid);
  set('ActorUserSid', actor.sid);
  if (actor.sid !== '') set('ActorUserIdType', 'SID');
  set('ActorSessionId', actor.session);
}

/** The reporter is where the session is: Dvc, Target and Dst name the same machine; Src is where the user sat. */
function setMachines(set: Set, facts: AuthenticationFacts): void {
  const here = machineOf(facts.computer);
  const whole = here.fqdn === '' ? here.hostname : here.fqdn;
  for (const role of ['Dvc', 'Target', 'Dst']) {
    set(`${role}Hostname`, here.hostname);
    set(`${role}Domain`, here.domain);
    set(`${role}FQDN`, here.fqdn);
    if (here.domain !== '') set(`${role}DomainType`, 'FQDN');
  }
  set('Dvc', whole);
  set('Dst', whole);
  set('LogonTarget', facts.targetApp === '' ? whole : facts.targetApp);
  const source = machineOf(facts.sourceHost);
  set('SrcHostname', source.hostname);
  set('SrcDomain', source.domain);
  set('SrcFQDN', source.fqdn);
  set('SrcIpAddr', facts.address);
  set('IpAddr', facts.address);
  set('Src', facts.address === '' ? source.hostname : facts.address);
  set('SrcPortNumber', facts.port);
}

/** An account as people write it (`DOMAIN\name`, `name@domain`, `name`). */
export function accountFacts(
  written: string,
  typeOf: (name: string, domain: string, sid: string) => UserType,
  session = '',
): AccountFacts {
  const { name, domain } = splitName(written.trim());
  return { name, domain, sid: '', type: typeOf(name, domain, ''), session };
}
