import { asimRow } from '../authentication.ts';
import { cleanAddress, cleanText, splitName, userTypeOf } from './accounts.ts';
import { KERBEROS, LOGON_TYPES, NTSTATUS, statusDigits, type Reason } from './codes.ts';
import type { Meaning, PersonFields } from './meanings.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface WindowsContext {
  readonly computer: string;
  readonly table: string;
}

/** `0x1e3237` of a logon session; the nil id is none. */
function sessionOf(fields: Fields, name: string | undefined): string {
  const text = name === undefined ? '' : cleanText(fields[name]).toLowerCase();
  return text === '0x0' ? '' : text;
}

function person(fields: Fields, names: PersonFields) {
  const domain = names.domain === '' ? '' : cleanText(fields[names.domain]);
  const split = splitName(cleanText(fields[names.name]), domain);
  const sid = names.sid === undefined ? '' : cleanText(fields[names.sid]);
  return { ...split, sid, type: userTypeOf(split.name, split.domain, sid), session: sessionOf(fields, names.session) };
}

interface Outcome {
  readonly result: 'Success' | 'Failure';
  readonly code: string;
  readonly reason: Reason | undefined;
}

/** SubStatus is the more exact of the two; `0x0` there means that Status says it. */
function outcomeOf(fields: Fields, about: NonNullable<Meaning['authentication']>): Outcome {
  if (about.result === undefined) return { result: 'Success', code: '', reason: undefined };
  const sub = cleanText(fields.SubStatus);
  const written = statusDigits(sub) === '' || statusDigits(sub) === '0' ? cleanText(fields.Status) : sub;
  const digits = statusDigits(written);
  const success = about.result === 'codes' && (digits === '0' || digits === '');
  if (success) return { result: 'Success', code: '', reason: undefined };
  const table = about.codes === 'kerberos' ? KERBEROS : NTSTATUS;
  return { result: 'Failure', code: written, reason: table[digits] };
}

/** `%%1842` is Yes, `%%1843` No, wherever Windows writes a truth. */
function truth(value: unknown): boolean | undefined {
  const text = cleanText(value);
  if (text === '%%1842' || /^yes$/i.test(text)) return true;
  return text === '%%1843' || /^no$/i.test(text) ? false : undefined;
}

function logonTypeOf(fields: Fields): number | undefined {
  const text = cleanText(fields.LogonType);
  return /^\d{1,2}$/.test(text) ? Number(text) : undefined;
}

/**
 * The ASIM row of a Windows event.
 *
 * One elevated sign-in is two linked tokens, so two events: both carry the same `SignInId` (the lower of the two session ids) in
 * `AdditionalFields`, and `dcount` of it counts sign-ins.
 */
export function windowsAuthentication(
  meaning: Meaning,
  fields: Fields,
  context: WindowsContext,
): Record<string, unknown> | undefined {
  const about = meaning.authentication;
  if (about === undefined) return undefined;
  const target = person(fields, about.target);
  const actor = about.actor === undefined ? undefined : person(fields, about.actor);
  const outcome = outcomeOf(fields, about);
  const logonType = logonTypeOf(fields);
  const known = logonType === undefined ? undefined : LOGON_TYPES[logonType];
  const linked = sessionOf(fields, about.linkedSession);
  const protocol =
    about.protocol === undefined
      ? ''
      : 'value' in about.protocol
        ? about.protocol.value
        : cleanText(fields[about.protocol.field]);
  const port = about.port === undefined ? 0 : Number(cleanText(fields[about.port]));
  return asimRow({
    type: about.type,
    subType: about.subType ?? known?.subType ?? '',
    originalType: String(meaning.id),
    originalSubType: about.originalSubType ?? known?.name ?? (logonType === undefined ? '' : String(logonType)),
    message: meaning.activity,
    result: outcome.result,
    resultDetails: outcome.result === 'Failure' ? (outcome.reason?.details ?? 'Other') : '',
    originalResultDetails: [outcome.code, outcome.reason?.words ?? ''].filter((text) => text !== '').join(' '),
    vendor: 'Microsoft',
    product: 'Security Events',
    target,
    actor,
    computer: context.computer,
    address: about.address === undefined ? '' : cleanAddress(fields[about.address]),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
    sourceHost: about.sourceHost === undefined ? '' : cleanText(fields[about.sourceHost]),
    protocol: protocol.trim(),
    targetApp: about.targetApp === undefined ? '' : cleanText(fields[about.targetApp]),
    process: { name: cleanText(fields.ProcessName), id: cleanText(fields.ProcessId) },
    table: context.table,
    more: {
      ...(logonType === undefined ? {} : { LogonType: logonType }),
      ...(linked === '' ? {} : { LinkedLogonId: linked }),
      ...(target.session === '' ? {} : { SignInId: lowerSession(target.session, linked) }),
      ...(truth(fields.ElevatedToken) === undefined ? {} : { ElevatedToken: truth(fields.ElevatedToken) }),
      ...(cleanText(fields.SessionName) === '' ? {} : { SessionName: cleanText(fields.SessionName) }),
      ...(cleanText(fields.SessionId) === '' ? {} : { SessionId: cleanText(fields.SessionId) }),
    },
  });
}

function lowerSession(own: string, linked: string): string {
  return linked !== '' && parseInt(linked, 16) < parseInt(own, 16) ? linked : own;
}
