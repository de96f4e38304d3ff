import { describe, expect, it } from 'vitest';
import { cleanAddress, machineOf, userTypeOf } from './accounts.ts';
import { windowsAuthentication } from './authentication.ts';
import { KERBEROS, NTSTATUS, statusDigits } from './codes.ts';
import { meaningOf } from './meanings.ts';

const PROVIDER = 'Microsoft-Windows-Security-Auditing';
const CONTEXT = { computer: 'PC7.corp.example', table: 'SecurityEvent' };

function row(id: number, fields: Record<string, unknown>): Record<string, unknown> | undefined {
  const meaning = meaningOf(PROVIDER, 'Security', id);
  return meaning === undefined ? undefined : windowsAuthentication(meaning, fields, CONTEXT);
}

const ANNA = {
  TargetUserName: 'anna',
  TargetDomainName: 'CORP',
  TargetUserSid: 'S-1-5-21-1-2-3-1104',
  TargetLogonId: '0xA1',
};

/** Event id, its fields → the columns of the ASIM row that say what happened. */
const EVENTS: readonly [id: number, fields: Record<string, unknown>, expected: Record<string, unknown>][] = [
  [
    4624,
    {
      ...ANNA,
      LogonType: '10',
      IpAddress: '::ffff:192.0.2.9',
      IpPort: '50123',
      WorkstationName: 'LAPTOP',
      AuthenticationPackageName: 'Negotiate ',
      TargetLinkedLogonId: '0x9f',
      ElevatedToken: '%%1842',
    },
    {
      EventType: 'Logon',
      EventSubType: 'RemoteInteractive',
      EventResult: 'Success',
      TargetUsername: 'CORP\\anna',
      TargetUserType: 'Regular',
      TargetSessionId: '0xa1',
      SrcIpAddr: '192.0.2.9',
      SrcPortNumber: 50_123,
      SrcHostname: 'LAPTOP',
      LogonProtocol: 'Negotiate',
      SignInId: '0x9f',
      LinkedLogonId: '0x9f',
      ElevatedToken: true,
      DvcHostname: 'PC7',
      Dvc: 'PC7.corp.example',
      EventOriginalType: '4624',
    },
  ],
  [
    4624,
    {
      TargetUserName: 'PC7$',
      TargetDomainName: 'CORP',
      TargetUserSid: 'S-1-5-18',
      LogonType: 3,
      IpAddress: '::1',
      WorkstationName: '-',
    },
    { TargetUserType: 'Machine', EventSubType: 'Remote', SrcIpAddr: undefined, SrcHostname: undefined },
  ],
  [4624, { TargetUserName: 'DWM-2', TargetDomainName: 'Window Manager', LogonType: '2' }, { TargetUserType: 'System' }],
  [
    4624,
    { TargetUserName: 'svc', TargetDomainName: 'CORP', LogonType: '5' },
    { EventSubType: 'Service', EventOriginalSubType: 'Service' },
  ],
  [
    4625,
    { ...ANNA, LogonType: '2', Status: '0xC000006D', SubStatus: '0XC0000064', SubjectUserName: '-' },
    {
      EventResult: 'Failure',
      EventResultDetails: 'No such user',
      EventOriginalResultDetails: '0XC0000064 no such user',
      ActorUsername: undefined,
    },
  ],
  [
    4625,
    { ...ANNA, Status: '0xc0000234', SubStatus: '0x0' },
    { EventResult: 'Failure', EventResultDetails: 'User locked' },
  ],
  [
    4625,
    { ...ANNA, Status: '0xc0ffee00', SubStatus: '-' },
    { EventResult: 'Failure', EventResultDetails: 'Other', EventOriginalResultDetails: '0xc0ffee00' },
  ],
  [4634, { ...ANNA, LogonType: '3' }, { EventType: 'Logoff', EventSubType: 'Remote', EventOriginalSubType: 'Network' }],
  [4647, ANNA, { EventType: 'Logoff', EventSubType: 'Interactive', EventOriginalSubType: 'User initiated' }],
  [
    4648,
    {
      TargetUserName: 'root',
      TargetDomainName: 'CORP',
      SubjectUserName: 'anna',
      SubjectDomainName: 'CORP',
      SubjectLogonId: '0xA1',
      TargetServerName: 'db1',
    },
    {
      EventType: 'ExplicitCredentials',
      TargetUsername: 'CORP\\root',
      ActorUsername: 'CORP\\anna',
      ActorSessionId: '0xa1',
      TargetAppName: 'db1',
    },
  ],
  [
    4768,
    {
      TargetUserName: 'anna',
      TargetDomainName: 'corp.example',
      TargetSid: 'S-1-5-21-1-2-3-1104',
      Status: '0x0',
      IpAddress: '::ffff:192.0.2.9',
    },
    {
      EventType: 'Logon',
      EventResult: 'Success',
      TargetUsername: 'anna@corp.example',
      TargetUsernameType: 'UPN',
      LogonProtocol: 'Kerberos',
    },
  ],
  [4768, { TargetUserName: 'ghost', Status: '0x6' }, { EventResult: 'Failure', EventResultDetails: 'No such user' }],
  [
    4769,
    { TargetUserName: 'anna@CORP.EXAMPLE', TargetDomainName: 'CORP.EXAMPLE', ServiceName: 'MAIL$', Status: '0x0' },
    { EventType: 'ServiceTicket', TargetUsername: 'anna@CORP.EXAMPLE', TargetAppName: 'MAIL$' },
  ],
  [
    4771,
    { TargetUserName: 'anna', TargetSid: 'S-1-5-21-1-2-3-1104', Status: '0x18', ServiceName: 'krbtgt/CORP' },
    { EventType: 'Logon', EventResult: 'Failure', EventResultDetails: 'Incorrect password' },
  ],
  [
    4776,
    { TargetUserName: 'anna', Workstation: 'LAPTOP', Status: '0xc000006a' },
    {
      EventType: 'Logon',
      EventResult: 'Failure',
      EventResultDetails: 'Incorrect password',
      SrcHostname: 'LAPTOP',
      LogonProtocol: 'NTLM',
    },
  ],
  [
    4776,
    { TargetUserName: 'anna', Workstation: 'LAPTOP', Status: '0x0' },
    { EventResult: 'Success', EventResultDetails: undefined },
  ],
  [
    4778,
    {
      AccountName: 'anna',
      AccountDomain: 'CORP',
      LogonID: '0xA1',
      ClientName: 'tablet',
      ClientAddress: '192.0.2.9',
      SessionName: 'RDP-Tcp#1',
    },
    {
      EventType: 'Reconnect',
      TargetUsername: 'CORP\\anna',
      TargetSessionId: '0xa1',
      SrcHostname: 'tablet',
      SrcIpAddr: '192.0.2.9',
      SessionName: 'RDP-Tcp#1',
    },
  ],
  [
    4779,
    { AccountName: 'anna', AccountDomain: 'CORP', LogonID: '0xA1', ClientName: 'Unknown', ClientAddress: 'LOCAL' },
    { EventType: 'Disconnect', SrcIpAddr: undefined },
  ],
  [4800, { ...ANNA, SessionId: '2' }, { EventType: 'Lock', TargetSessionId: '0xa1', SessionId: '2' }],
  [4801, { ...ANNA, SessionId: '2' }, { EventType: 'Unlock', TargetSessionId: '0xa1' }],
  [
    4740,
    {
      TargetUserName: 'anna',
      TargetDomainName: 'LAPTOP',
      TargetSid: 'S-1-5-21-1-2-3-1104',
      SubjectUserName: 'DC1$',
      SubjectDomainName: 'CORP',
    },
    { EventType: 'AccountLockout', TargetUsername: 'anna', SrcHostname: 'LAPTOP', ActorUserType: 'Machine' },
  ],
  [
    4767,
    { TargetUserName: 'anna', TargetDomainName: 'CORP', SubjectUserName: 'admin', SubjectDomainName: 'CORP' },
    { EventType: 'AccountUnlock', ActorUsername: 'CORP\\admin' },
  ],
];

describe('windowsAuthentication', () => {
  it.each(EVENTS)('%i %j', (id, fields, expected) => {
    const found = row(id, fields);
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found?.[name]]))).toEqual(expected);
  });

  it('makes no authentication of what is none', () => {
    expect(row(4720, { TargetUserName: 'new' })).toBeUndefined();
    expect(row(4688, {})).toBeUndefined();
  });

  it('goes by provider and channel, not by the number alone', () => {
    expect(meaningOf('Microsoft-Windows-EventSystem', 'Application', 4625)).toBeUndefined();
    expect(meaningOf(PROVIDER, 'Application', 4625)).toBeUndefined();
    expect(meaningOf(PROVIDER.toLowerCase(), 'security', 4625)?.id).toBe(4625);
  });
});

describe('accounts', () => {
  it.each([
    ['anna', 'CORP', 'S-1-5-21-1-2-3-1104', 'Regular'],
    ['anna', '', '', 'Regular'],
    ['PC7$', 'CORP', 'S-1-5-18', 'Machine'],
    ['PC7$@CORP.EXAMPLE', '', '', 'Machine'],
    ['SYSTEM', 'NT AUTHORITY', 'S-1-5-18', 'System'],
    ['Lokaler Dienst', 'NT-AUTORITÄT', 'S-1-5-19', 'System'],
    ['UMFD-0', 'Font Driver Host', 'S-1-5-96-0-0', 'System'],
    ['dwm-1', '', '', 'System'],
    ['dwm-one', 'CORP', '', 'Regular'],
    ['MSSQL', 'NT SERVICE', 'S-1-5-80-1', 'Service'],
    ['ANONYMOUS LOGON', 'NT AUTHORITY', 'S-1-5-7', 'Anonymous'],
    ['Gast', 'PC7', 'S-1-5-21-1-2-3-501', 'Guest'],
  ])('%s of %s (%s) is %s', (name, domain, sid, type) => {
    expect(userTypeOf(name, domain, sid)).toBe(type);
  });

  it.each([
    ['-', ''],
    ['::1', ''],
    ['127.0.0.1', ''],
    ['LOCAL', ''],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['fe80::1%12', 'fe80::1'],
    ['2001:db8::7', '2001:db8::7'],
    [undefined, ''],
  ])('address %s is %s', (written, clean) => {
    expect(cleanAddress(written)).toBe(clean);
  });

  it.each([
    ['PC7.corp.example', { hostname: 'PC7', domain: 'corp.example', fqdn: 'PC7.corp.example' }],
    ['\\\\PC7', { hostname: 'PC7', domain: '', fqdn: '' }],
    ['192.0.2.9', { hostname: '192.0.2.9', domain: '', fqdn: '' }],
  ])('machine %s', (written, machine) => {
    expect(machineOf(written)).toEqual(machine);
  });
});

describe('codes', () => {
  it.each([
    ['0xC000006A', 'c000006a'],
    ['0Xc000006a', 'c000006a'],
    ['0x0', '0'],
    ['0x00000018', '18'],
    ['-', ''],
    ['', ''],
  ])('%s is %s', (written, digits) => {
    expect(statusDigits(written)).toBe(digits);
  });

  it('keeps its tables under digits that a status can have', () => {
    for (const digits of [...Object.keys(NTSTATUS), ...Object.keys(KERBEROS)])
      expect(statusDigits(`0x${digits}`)).toBe(digits);
  });
});
