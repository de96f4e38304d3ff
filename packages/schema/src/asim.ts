/** A stored KQL function as data, in Kusto's own words; the shape that the KQL compiler's catalogue takes. */
export interface StoredFunction {
  readonly name: string;
  /** E.g. `(starttime:datetime=datetime(null))`. */
  readonly parameters: string;
  /** E.g. `{ Authentication | where … }`. */
  readonly body: string;
  readonly description: string;
}

interface FilterParameter {
  readonly name: string;
  readonly declaration: string;
  /** The condition; it holds for every row where the parameter has its default. */
  readonly condition: string;
}

/** Parameters of ASIM's filtering parsers, in their order. Source: ASIM Authentication schema, "Filtering parser parameters". */
const FILTER_PARAMETERS: readonly FilterParameter[] = [
  {
    name: 'starttime',
    declaration: 'datetime=datetime(null)',
    condition: 'isnull(starttime) or TimeGenerated >= starttime',
  },
  { name: 'endtime', declaration: 'datetime=datetime(null)', condition: 'isnull(endtime) or TimeGenerated <= endtime' },
  {
    name: 'username_has_any',
    declaration: 'dynamic=dynamic([])',
    condition:
      'array_length(username_has_any) == 0 or TargetUsername has_any (username_has_any) or ActorUsername has_any (username_has_any)',
  },
  {
    name: 'targetappname_has_any',
    declaration: 'dynamic=dynamic([])',
    condition: 'array_length(targetappname_has_any) == 0 or TargetAppName has_any (targetappname_has_any)',
  },
  {
    name: 'srcipaddr_has_any_prefix',
    declaration: 'dynamic=dynamic([])',
    // A prefix ends with a dot, as has_any_ipv4_prefix() wants it, or is the whole address.
    condition: [
      'array_length(srcipaddr_has_any_prefix) == 0',
      'SrcIpAddr in (srcipaddr_has_any_prefix)',
      ...[1, 2, 3].map((parts) => `extract(@'^((?:\\d+\\.){${parts}})', 1, SrcIpAddr) in (srcipaddr_has_any_prefix)`),
    ].join(' or '),
  },
  {
    name: 'srchostname_has_any',
    declaration: 'dynamic=dynamic([])',
    condition: 'array_length(srchostname_has_any) == 0 or SrcHostname has_any (srchostname_has_any)',
  },
  {
    name: 'eventtype_in',
    declaration: 'dynamic=dynamic([])',
    condition: 'array_length(eventtype_in) == 0 or EventType in~ (eventtype_in)',
  },
  {
    name: 'eventresultdetails_in',
    declaration: 'dynamic=dynamic([])',
    condition: 'array_length(eventresultdetails_in) == 0 or EventResultDetails in~ (eventresultdetails_in)',
  },
  { name: 'eventresult', declaration: "string='*'", condition: "eventresult == '*' or EventResult =~ eventresult" },
  {
    name: 'targetusername_has',
    declaration: "string='*'",
    condition: "targetusername_has == '*' or TargetUsername has targetusername_has",
  },
  { name: 'disabled', declaration: 'bool=false', condition: 'not(disabled)' },
];

const PARAMETERS = `(${[...FILTER_PARAMETERS.map(({ name, declaration }) => `${name}:${declaration}`), 'pack:bool=false'].join(', ')})`;

/** Names that the schema had before 0.1.3 and that public rules still use. */
const FORMER_NAMES = {
  SrcDvcIpAddr: 'SrcIpAddr',
  SrcDvcHostname: 'SrcHostname',
  TargetDvcIpAddr: 'TargetIpAddr',
  TargetDvcHostname: 'TargetHostname',
} as const;

const BODY = [
  '{ Authentication',
  ...FILTER_PARAMETERS.map(({ condition }) => `| where ${condition}`),
  `| extend ${Object.entries(FORMER_NAMES)
    .map(([former, name]) => `${former} = ${name}`)
    .join(', ')} }`,
].join('\n');

const authentication = (name: string, description: string): StoredFunction => ({
  name,
  parameters: PARAMETERS,
  body: BODY,
  description,
});

/**
 * ASIM's unifying parsers. Events are normalised on arrival, so all of them read the one table `Authentication`; `pack` is
 * accepted and changes nothing, since nothing is left to pack.
 */
export const ASIM_FUNCTIONS: readonly StoredFunction[] = [
  authentication('imAuthentication', 'Sign-ins and sign-outs of every source, filtered by the parameters given.'),
  authentication('_Im_Authentication', 'Sign-ins and sign-outs of every source, filtered by the parameters given.'),
];
