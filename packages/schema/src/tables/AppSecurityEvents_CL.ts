import { BLOOM, DICTIONARY, TEXT } from '../storage.ts';
import type { LogTable } from '../types.ts';

/** Field names follow the OWASP Logging Vocabulary Cheat Sheet, in this store's spelling; its `datetime` is TimeGenerated. */
export const AppSecurityEvents_CL = {
  name: 'AppSecurityEvents_CL',
  description: 'Security events of web applications in the OWASP logging vocabulary.',
  origin: 'OWASP Logging Vocabulary 2026',
  columns: [
    { name: 'Event', type: 'string', description: 'Name and arguments as sent, e.g. authn_login_fail:joebob1.' },
    { name: 'EventName', type: 'string', description: 'The name alone, e.g. authn_login_fail.', storage: DICTIONARY },
    { name: 'EventArguments', type: 'dynamic', description: 'The arguments, in the order of the vocabulary.' },
    { name: 'Level', type: 'string', description: 'INFO, WARN or CRITICAL.', storage: DICTIONARY },
    { name: 'AppId', type: 'string', description: 'Application that reported.', storage: DICTIONARY },
    { name: 'Description', type: 'string', description: 'What happened, in a sentence.', storage: TEXT },
    { name: 'UserId', type: 'string', description: 'User it is about.', entity: 'Account.FullName', storage: BLOOM },
    { name: 'SourceIp', type: 'string', description: 'Address of the client.', entity: 'IP.Address', storage: BLOOM },
    { name: 'UserAgent', type: 'string', description: 'User-Agent of the client.', storage: TEXT },
    { name: 'HostIp', type: 'string', description: 'Address of the server.', storage: DICTIONARY },
    {
      name: 'Hostname',
      type: 'string',
      description: 'Name of the server.',
      entity: 'Host.HostName',
      storage: DICTIONARY,
    },
    { name: 'Protocol', type: 'string', description: 'Protocol of the request.', storage: DICTIONARY },
    { name: 'Port', type: 'int', description: 'Port of the server.' },
    { name: 'RequestUri', type: 'string', description: 'URI that was requested.', entity: 'URL.Url', storage: TEXT },
    { name: 'RequestMethod', type: 'string', description: 'Request method.', storage: DICTIONARY },
    { name: 'RequestId', type: 'string', description: 'Id of the request in the application.', storage: BLOOM },
    { name: 'SessionHash', type: 'string', description: 'Hash of the session id, never the id.', storage: BLOOM },
    { name: 'Region', type: 'string', description: 'Region of the server.', storage: DICTIONARY },
    { name: 'Geo', type: 'string', description: 'Place of the server.', storage: DICTIONARY },
  ],
  sortingKey: ['TimeGenerated'],
  retentionDays: 365,
  partitionBy: 'month',
} as const satisfies LogTable;
