import type { Column } from '../../types.ts';
import { BLOOM, DICTIONARY } from '../../storage.ts';

/** The machine that reported the event. Source: ASIM Authentication schema 0.1.3. */
export const REPORTER_COLUMNS = [
  {
    name: 'Dvc',
    type: 'string',
    description: 'Alias: the machine that reported, by name, id or address.',
    storage: DICTIONARY,
  },
  {
    name: 'DvcAction',
    type: 'string',
    description: 'What the machine that reported did about it.',
    storage: DICTIONARY,
  },
  { name: 'DvcAwsVpcId', type: 'string', description: 'AWS network of the machine that reported.' },
  { name: 'DvcAzureResourceId', type: 'string', description: 'Azure resource id of the machine that reported.' },
  { name: 'DvcDescription', type: 'string', description: 'Description of the machine that reported.' },
  {
    name: 'DvcDomain',
    type: 'string',
    description: 'Domain of the machine that reported.',
    entity: 'Host.DnsDomain',
    storage: DICTIONARY,
  },
  {
    name: 'DvcDomainType',
    type: 'string',
    description: 'Form of the domain of the machine that reported.',
    storage: DICTIONARY,
  },
  {
    name: 'DvcFQDN',
    type: 'string',
    description: 'Full name of the machine that reported.',
    entity: 'Host.FullName',
    storage: DICTIONARY,
  },
  {
    name: 'DvcHostname',
    type: 'string',
    description: 'Name of the machine that reported.',
    entity: 'Host.HostName',
    storage: DICTIONARY,
  },
  { name: 'DvcId', type: 'string', description: 'Id of the machine that reported.', storage: DICTIONARY },
  { name: 'DvcIdType', type: 'string', description: 'Kind of id of the machine that reported.', storage: DICTIONARY },
  {
    name: 'DvcInterface',
    type: 'string',
    description: 'Network interface of the machine that reported.',
    storage: DICTIONARY,
  },
  {
    name: 'DvcIpAddr',
    type: 'string',
    description: 'Address of the machine that reported.',
    entity: 'IP.Address',
    storage: BLOOM,
  },
  { name: 'DvcMD4IoTid', type: 'string', description: 'Defender for IoT id of the machine that reported.' },
  { name: 'DvcMDEid', type: 'string', description: 'Defender for Endpoint id of the machine that reported.' },
  { name: 'DvcMacAddr', type: 'string', description: 'MAC address of the machine that reported.' },
  {
    name: 'DvcOriginalAction',
    type: 'string',
    description: 'Action as the source gave it, of the machine that reported.',
    storage: DICTIONARY,
  },
  { name: 'DvcOs', type: 'string', description: 'Operating system of the machine that reported.', storage: DICTIONARY },
  {
    name: 'DvcOsVersion',
    type: 'string',
    description: 'System version of the machine that reported.',
    storage: DICTIONARY,
  },
  { name: 'DvcScope', type: 'string', description: 'Cloud scope of the machine that reported.', storage: DICTIONARY },
  {
    name: 'DvcScopeId',
    type: 'string',
    description: 'Id of the cloud scope of the machine that reported.',
    storage: DICTIONARY,
  },
  { name: 'DvcVMConnectionId', type: 'string', description: 'VM connection id of the machine that reported.' },
  { name: 'DvcVectraId', type: 'string', description: 'Vectra id of the machine that reported.' },
  { name: 'DvcZone', type: 'string', description: 'Network zone of the machine that reported.', storage: DICTIONARY },
] as const satisfies readonly Column[];
