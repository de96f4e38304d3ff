import { cleanText, userTypeOf } from './accounts.ts';
import { LOGON_TYPES } from './codes.ts';
import { meaningOf } from './meanings.ts';

/**
 * Adds the columns of SecurityEvent that Azure Monitor's agent derives: Account and its kind, names with their domains, Activity,
 * LogonTypeName. What the sender gave itself stays.
 */
export function deriveSecurityColumns(
  fields: Record<string, unknown>,
  provider: string,
  channel: string,
  id: number,
): void {
  const derive = (name: string, value: string): void => {
    if (value !== '' && (fields[name] === undefined || fields[name] === '')) fields[name] = value;
  };
  const joined = (prefix: string): string => {
    const name = cleanText(fields[`${prefix}UserName`]);
    const domain = cleanText(fields[`${prefix}DomainName`]);
    return name === '' ? '' : domain === '' ? name : `${domain}\\${name}`;
  };
  const target = joined('Target');
  const subject = joined('Subject');
  derive('TargetAccount', target);
  derive('SubjectAccount', subject);
  const own = cleanText(fields.AccountName);
  const ownDomain = cleanText(fields.AccountDomain);
  derive(
    'Account',
    target !== '' ? target : subject !== '' ? subject : ownDomain === '' ? own : `${ownDomain}\\${own}`,
  );
  const about = target !== '' ? 'Target' : subject !== '' ? 'Subject' : undefined;
  const type =
    about === undefined
      ? userTypeOf(own, ownDomain, '')
      : userTypeOf(
          cleanText(fields[`${about}UserName`]),
          cleanText(fields[`${about}DomainName`]),
          cleanText(fields[`${about}UserSid`] ?? fields[`${about}Sid`]),
        );
  if (cleanText(fields.Account) !== '')
    derive('AccountType', type === 'Regular' || type === 'Guest' || type === 'Anonymous' ? 'User' : 'Machine');
  derive('Activity', meaningOf(provider, channel, id)?.activity ?? '');
  const logonType = Number(cleanText(fields.LogonType) || NaN);
  const known = LOGON_TYPES[logonType];
  if (known !== undefined) derive('LogonTypeName', `${logonType} - ${known.name}`);
}
