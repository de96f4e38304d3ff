import { ACTIVITY_PLUGINS } from './activity.ts';
import { bagUnpack } from './bag-unpack.ts';
import { CLUSTER_PLUGINS } from './clusters.ts';
import { dcountIntersect } from './dcount-intersect.ts';
import { FUNNEL_PLUGINS } from './funnel.ts';
import { GEO_LOOKUP_PLUGINS } from './geo-lookup.ts';
import { IP_LOOKUP_PLUGINS } from './ip-lookup.ts';
import { NEAR_PLUGINS } from './near.ts';
import { PASSING_PLUGINS } from './passing.ts';
import { pivot } from './pivot.ts';
import { SEQUENCE_PLUGINS } from './sequence.ts';
import { SHAPE_PLUGINS } from './shapes.ts';
import { SLIDING_PLUGINS } from './sliding.ts';
import type { Plugin } from './types.ts';

/** Every plugin of `evaluate`, by family. A new one is a row in its family's file. */
export const PLUGINS: readonly Plugin[] = [
  bagUnpack,
  pivot,
  ...PASSING_PLUGINS,
  dcountIntersect,
  ...SHAPE_PLUGINS,
  ...IP_LOOKUP_PLUGINS,
  ...GEO_LOOKUP_PLUGINS,
  ...ACTIVITY_PLUGINS,
  ...SLIDING_PLUGINS,
  ...NEAR_PLUGINS,
  ...SEQUENCE_PLUGINS,
  ...FUNNEL_PLUGINS,
  ...CLUSTER_PLUGINS,
];

const BY_NAME: ReadonlyMap<string, Plugin> = new Map(PLUGINS.map((row) => [row.name, row]));

export function plugin(name: string): Plugin | undefined {
  return BY_NAME.get(name);
}

const RUNS_CODE = 'runs code in the engine';
const CONNECTS = 'opens connections to other machines';

/** Plugins that Kusto has and that a monitor of log-ins never runs, with the reason. */
export const FORBIDDEN_PLUGINS: Readonly<Record<string, string>> = {
  python: RUNS_CODE,
  r: RUNS_CODE,
  csharp: RUNS_CODE,
  execute_show_command: CONNECTS,
  execute_query: CONNECTS,
  http_request: CONNECTS,
  http_request_post: CONNECTS,
  sql_request: CONNECTS,
  mysql_request: CONNECTS,
  postgresql_request: CONNECTS,
  cosmosdb_sql_request: CONNECTS,
  dax_request: CONNECTS,
  azure_digital_twins_query_request: CONNECTS,
  ai_embed_text: CONNECTS,
  ai_embeddings: CONNECTS,
  ai_chat_completion: CONNECTS,
  ai_chat_completion_prompt: CONNECTS,
  infer_storage_schema: 'reads files of other systems',
  infer_storage_schema_with_suggestions: 'reads files of other systems',
};
