const AZURE = 'names something of an Azure cluster that is not here';
const SEVERAL = 'answers several tables; an answer here is one';

/** Query operators and statements of Kusto that are refused, in whole or in the part that is named, and why. */
export const UNSUPPORTED_OPERATORS: Readonly<Record<string, string>> = {
  'alias database': AZURE,
  'assert-schema': 'not written yet; getschema shows what a query answers',
  'execute-and-cache': AZURE,
  'facet by several columns': SEVERAL,
  'fork into several branches': SEVERAL,
  'graph-mark-components kind=strong': 'not written yet; weak components are found',
  'graph-match without project': 'answers a graph and not a table',
  'graph-to-table with nodes and edges': SEVERAL,
  'macro-expand': AZURE,
  'mv-apply with id': 'not written yet',
  'partition with a scope': 'not written yet',
  'scan with optional steps, order or partition': 'not written yet; sort and partition before it say the same',
  'several expression statements': SEVERAL,
};

/** Functions, aggregates and plugins of Kusto that are refused, and why. */
const REASONS: Readonly<Record<string, string>> = {
  cluster: AZURE,
  external_table: AZURE,
  materialized_view: AZURE,
  entity_group: AZURE,
  stored_query_result: AZURE,
  external_datatable: AZURE,
  identity_v3: AZURE,
  row_id: 'names a row of an Azure extent',
  labels: 'graphs here have no labels beside their columns',
};

/** Why a name that Microsoft's parser knows is refused; a name without a reason of its own says so: nothing is hidden. */
export function reasonFor(name: string): string {
  return REASONS[name] ?? 'not written yet';
}

/** Names that a reason is given for, to be held against what is really refused. */
export const EXPLAINED: readonly string[] = Object.keys(REASONS);
