/** What an agent's EventType means in ASIM's words and ours (see the domain's README). */
export interface EventTypeMeaning {
  readonly type: string;
  readonly subType: string;
  readonly result: 'Success' | 'Failure' | 'NA';
  readonly resultDetails: string;
}

function meaning(
  type: string,
  subType: string,
  result: EventTypeMeaning['result'] = 'Success',
  resultDetails = '',
): EventTypeMeaning {
  return { type, subType, result, resultDetails };
}

/** By the type's letters in lower case: agents write `Sign-In`, `sign_in`, `SignIn`. */
const EVENT_TYPES: Readonly<Record<string, EventTypeMeaning>> = {
  signin: meaning('Logon', 'Interactive'),
  signout: meaning('Logoff', 'Interactive'),
  lock: meaning('Lock', 'Interactive'),
  unlock: meaning('Unlock', 'Interactive'),
  signinfailed: meaning('Logon', 'Interactive', 'Failure', 'Other'),
  rdpconnect: meaning('Logon', 'RemoteInteractive'),
  rdpdisconnect: meaning('Disconnect', 'RemoteInteractive'),
};

/** Undefined for a type that nobody has told us about: its native row is kept, and no authentication is made up. */
export function eventTypeMeaning(written: string): EventTypeMeaning | undefined {
  return EVENT_TYPES[written.toLowerCase().replace(/[^a-z0-9]/g, '')];
}
