/** Query operators of Kusto that are refused, and why. */
export const UNSUPPORTED_OPERATORS: Readonly<Record<string, string>> = {};

const AZURE = 'names something of an Azure cluster that is not here';

/** Functions, aggregates and plugins of Kusto that are refused, and why. */
const REASONS: Readonly<Record<string, string>> = {
  cluster: AZURE,
  database: AZURE,
  external_table: AZURE,
  materialized_view: AZURE,
  entity_group: AZURE,
  stored_query_result: AZURE,
};

/** Why a name that Microsoft's parser knows is refused. A name without a reason of its own says so: nothing is hidden. */
export function reasonFor(name: string): string {
  return REASONS[name] ?? 'not written yet';
}

export { REASONS as UNSUPPORTED_REASONS };
