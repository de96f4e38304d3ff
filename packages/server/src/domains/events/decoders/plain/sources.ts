import { accountFacts, asimRow } from '../../authentication.ts';
import type { RawRecord } from '../../record.ts';
import { cleanAddress, cleanText, splitName, userTypeOf } from '../../windows/accounts.ts';
import { windowsAuthentication } from '../../windows/authentication.ts';
import { meaningOf } from '../../windows/meanings.ts';

/** `Authentication` values of a record sent in its table's own columns; undefined where it is no authentication. */
type Source = (record: RawRecord) => Record<string, unknown> | undefined;

/** Entra ID's result codes that say more than "failed". Source: Microsoft Entra, "Authentication and authorization error codes". */
const ENTRA_RESULTS: Readonly<Record<string, string>> = {
  '50034': 'No such user',
  '50053': 'User locked',
  '50055': 'Password expired',
  '50056': 'Incorrect password',
  '50057': 'User disabled',
  '50064': 'No such user or password',
  '50072': 'Logon violates policy',
  '50074': 'Logon violates policy',
  '50076': 'Logon violates policy',
  '50105': 'Logon violates policy',
  '50126': 'No such user or password',
  '50133': 'Session expired',
  '50144': 'Password expired',
  '50173': 'Session expired',
  '53003': 'Logon violates policy',
  '70008': 'Session expired',
  '80012': 'Logon violates policy',
  '81010': 'Incorrect password',
};

/** Results that interrupt a sign-in for a next step (keep me signed in, consent, second factor). */
const ENTRA_INTERRUPTED: ReadonlySet<string> = new Set(['50140', '50125', '65001', '50058']);

function entra(table: string, subType: string): Source {
  return (record) => {
    const code = cleanText(record.ResultType);
    const succeeded = code === '0';
    const name = cleanText(record.UserPrincipalName);
    return asimRow({
      type: 'Logon',
      subType,
      originalType: cleanText(record.OperationName),
      originalSubType: cleanText(record.Category),
      message: cleanText(record.ResultDescription),
      result: succeeded ? 'Success' : ENTRA_INTERRUPTED.has(code) ? 'NA' : 'Failure',
      resultDetails: succeeded || ENTRA_INTERRUPTED.has(code) ? '' : (ENTRA_RESULTS[code] ?? 'Other'),
      originalResultDetails: succeeded
        ? ''
        : [code, cleanText(record.ResultDescription)].filter((text) => text !== '').join(' '),
      vendor: 'Microsoft',
      product: 'Entra ID',
      target: { ...splitName(name), sid: '', type: 'Regular', session: cleanText(record.CorrelationId) },
      computer: '',
      address: cleanAddress(record.IPAddress),
      sourceHost: '',
      protocol: cleanText(record.AuthenticationProtocol),
      targetApp: cleanText(record.AppDisplayName),
      table,
    });
  };
}

/** OWASP's authentication events. Source: OWASP Logging Vocabulary, AUTHN. */
const OWASP_EVENTS: Readonly<Record<string, { type: string; result: 'Success' | 'Failure' | 'NA'; details: string }>> =
  {
    authn_login_success: { type: 'Logon', result: 'Success', details: '' },
    authn_login_successafterfail: { type: 'Logon', result: 'Success', details: '' },
    authn_login_fail: { type: 'Logon', result: 'Failure', details: 'No such user or password' },
    authn_login_fail_max: { type: 'Logon', result: 'Failure', details: 'Logon violates policy' },
    authn_login_lock: { type: 'AccountLockout', result: 'NA', details: 'User locked' },
  };

function firstText(record: RawRecord, names: readonly string[]): string {
  for (const name of names) {
    const text = cleanText(record[name]);
    if (text !== '') return text;
  }
  return '';
}

/** `authn_login_fail:joe` (one text) or the name with the user in a field of its own. */
const owasp: Source = (record) => {
  const [name = '', user = ''] = firstText(record, ['EventName', 'Event', 'event']).split(/[:,]/);
  const known = OWASP_EVENTS[name.toLowerCase()];
  if (known === undefined) return undefined;
  return asimRow({
    type: known.type,
    subType: 'Remote',
    originalType: name,
    originalSubType: '',
    message: firstText(record, ['Description', 'description']),
    result: known.result,
    resultDetails: known.details,
    originalResultDetails: '',
    vendor: 'OWASP vocabulary',
    product: firstText(record, ['AppId', 'appid']),
    target: accountFacts(firstText(record, ['UserId', 'User', 'userid', 'user']) || user, userTypeOf),
    computer: firstText(record, ['Hostname', 'HostName', 'hostname']),
    address: cleanAddress(firstText(record, ['SourceIp', 'source_ip'])),
    sourceHost: '',
    protocol: '',
    targetApp: firstText(record, ['AppId', 'appid']),
    table: 'AppSecurityEvents_CL',
  });
};

/** Rows of SecurityEvent in its own columns mean what the flat Windows events mean. */
const securityEvent: Source = (record) => {
  const provider = cleanText(record.EventSourceName) || 'Microsoft-Windows-Security-Auditing';
  const meaning = meaningOf(
    provider,
    cleanText(record.Channel) || 'Security',
    Number(cleanText(record.EventID) || NaN),
  );
  if (meaning === undefined) return undefined;
  return windowsAuthentication(meaning, record, {
    computer: cleanText(record.Computer),
    table: 'SecurityEvent',
  });
};

/** Tables whose rows may be authentications. A source with columns of its own is one row here. */
export const AUTHENTICATION_SOURCES: Readonly<Record<string, Source>> = {
  AADNonInteractiveUserSignInLogs: entra('AADNonInteractiveUserSignInLogs', 'Service'),
  AppSecurityEvents_CL: owasp,
  SecurityEvent: securityEvent,
  SigninLogs: entra('SigninLogs', 'Interactive'),
};
