/** How the engine is sized; every value has a reason beside it in `ENGINE_DEFAULTS`. */
export interface EngineSize {
  /** Bytes of memory of the whole engine. It overshoots by up to a factor of two, so queries have their own limit below it. */
  readonly maxServerMemoryBytes: number;
  /** Threads that merge parts in the background. */
  readonly mergeThreads: number;
  /** Bytes of marks (positions of granules) kept in memory. */
  readonly markCacheBytes: number;
}

/** For a machine of two cores and a few gigabytes: the smallest that the product is made for. */
export const ENGINE_DEFAULTS: EngineSize = {
  maxServerMemoryBytes: 2_000_000_000,
  mergeThreads: 2,
  markCacheBytes: 64 * 1024 * 1024,
};

interface Tree {
  readonly [name: string]: string | number | Tree;
}

function xml(tree: Tree): string {
  return Object.entries(tree)
    .map(([name, value]) => `<${name}>${typeof value === 'object' ? xml(value) : escapeXml(String(value))}</${name}>`)
    .join('\n');
}

function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Rights of the only user. No SOURCES (file, url, remote, s3 …), no users, no functions, no shutdown. */
const GRANTS =
  'GRANT SELECT, INSERT, ALTER, SHOW, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP, TRUNCATE, OPTIMIZE, KILL QUERY, SYSTEM JEMALLOC ON *.*';

/** The two configuration files of the engine as XML. `usersFile` is the path that the second is written to. */
export function engineConfig(size: EngineSize, usersFile: string): { readonly config: string; readonly users: string } {
  return {
    config: xml({
      clickhouse: {
        users_config: usersFile,
        timezone: 'UTC',
        max_server_memory_usage: size.maxServerMemoryBytes,
        mark_cache_size: size.markCacheBytes,
        index_mark_cache_size: 16 * 1024 * 1024,
        uncompressed_cache_size: 0,
        index_uncompressed_cache_size: 0,
        query_condition_cache_size: 8 * 1024 * 1024,
        mmap_cache_size: 0,
        compiled_expression_cache_size: 8 * 1024 * 1024,
        background_pool_size: size.mergeThreads,
        background_merges_mutations_concurrency_ratio: 2,
        background_move_pool_size: 1,
        background_fetches_pool_size: 1,
        background_common_pool_size: 2,
        background_schedule_pool_size: 4,
        background_message_broker_schedule_pool_size: 1,
        background_distributed_schedule_pool_size: 1,
        background_buffer_flush_schedule_pool_size: 1,
        tables_loader_background_pool_size: 1,
        max_thread_pool_free_size: 8,
        max_concurrent_queries: 200,
        merge_tree: {
          // The engine refuses a pool smaller than its thresholds for big merges and mutations.
          number_of_free_entries_in_pool_to_execute_mutation: 1,
          number_of_free_entries_in_pool_to_lower_max_size_of_merge: 1,
          number_of_free_entries_in_pool_to_execute_optimize_entire_partition: 1,
        },
      },
    }),
    users: xml({
      clickhouse: {
        profiles: {
          default: {
            // Parameters are SET as text: a list of thousands of names is longer than the default of 256 KiB.
            max_query_size: 64 * 1024 * 1024,
            max_ast_elements: 1_000_000,
            max_expanded_ast_elements: 2_000_000,
            allow_introspection_functions: 0,
          },
        },
        quotas: { default: {} },
        users: {
          default: {
            password: '',
            networks: { ip: '::/0' },
            profile: 'default',
            quota: 'default',
            grants: { query: GRANTS },
          },
        },
      },
    }),
  };
}
