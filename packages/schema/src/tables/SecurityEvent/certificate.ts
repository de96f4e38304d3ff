import type { Column } from '../../types.ts';
import { DICTIONARY } from '../../storage.ts';

/** Certificate services. */
export const CERTIFICATE_COLUMNS = [
  { name: 'CACertificateHash', type: 'string', description: "Hash of the authority's certificate." },
  { name: 'CAPublicKeyHash', type: 'string', description: "Hash of the authority's key." },
  { name: 'CertificateDatabaseHash', type: 'string', description: 'Hash of the certificate database.' },
  { name: 'Disposition', type: 'string', description: 'What became of the request.', storage: DICTIONARY },
  { name: 'PrivateKeyUsageCount', type: 'string', description: 'Uses of the private key.' },
  { name: 'RequestId', type: 'string', description: 'Request to the authority.' },
  { name: 'Requester', type: 'string', description: 'Who asked for the certificate.' },
  { name: 'RowsDeleted', type: 'string', description: 'Rows that were deleted from the database.' },
  { name: 'SubjectKeyIdentifier', type: 'string', description: "Key id of the certificate's subject." },
  { name: 'TableId', type: 'string', description: 'Table of the database.', storage: DICTIONARY },
  { name: 'TemplateContent', type: 'string', description: 'Content of the certificate template.' },
  { name: 'TemplateDSObjectFQDN', type: 'string', description: 'Directory name of the template.' },
  { name: 'TemplateInternalName', type: 'string', description: 'Internal name of the template.', storage: DICTIONARY },
  { name: 'TemplateOID', type: 'string', description: 'Object id of the template.', storage: DICTIONARY },
  {
    name: 'TemplateSchemaVersion',
    type: 'string',
    description: 'Schema version of the template.',
    storage: DICTIONARY,
  },
  { name: 'TemplateVersion', type: 'string', description: 'Version of the template.', storage: DICTIONARY },
] as const satisfies readonly Column[];
