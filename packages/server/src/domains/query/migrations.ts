import { columnType, type Migration } from '../../platform/database/index.ts';

/** Stored functions and watchlists. Portable: SQLite, PostgreSQL, MariaDB, SQL Server. */
export const queryMigrations: readonly Migration[] = [
  {
    id: '0006-query-library',
    up: async (database) => {
      const { schema } = database;
      await schema
        .createTable('query_functions')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('name', columnType.short(128), (column) => column.notNull())
        .addColumn('name_key', columnType.short(128), (column) => column.notNull())
        .addColumn('parameters', columnType.text, (column) => column.notNull())
        .addColumn('body', columnType.text, (column) => column.notNull())
        .addColumn('description', columnType.text, (column) => column.notNull())
        .addColumn('folder', columnType.short(200), (column) => column.notNull())
        .addColumn('owner', columnType.short(254), (column) => column.notNull())
        .addColumn('version', columnType.count, (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_by', columnType.short(254), (column) => column.notNull())
        .addColumn('deleted_ms', columnType.ms)
        .addUniqueConstraint('query_functions_name', ['company', 'name_key'])
        .execute();
      await schema
        .createTable('query_function_versions')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('function_id', columnType.id, (column) => column.notNull())
        .addColumn('version', columnType.count, (column) => column.notNull())
        .addColumn('parameters', columnType.text, (column) => column.notNull())
        .addColumn('body', columnType.text, (column) => column.notNull())
        .addColumn('description', columnType.text, (column) => column.notNull())
        .addColumn('made_by', columnType.short(254), (column) => column.notNull())
        .addColumn('made_ms', columnType.ms, (column) => column.notNull())
        .addUniqueConstraint('query_function_versions_version', ['function_id', 'version'])
        .execute();
      await schema
        .createTable('query_watchlists')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('alias', columnType.short(128), (column) => column.notNull())
        .addColumn('alias_key', columnType.short(128), (column) => column.notNull())
        .addColumn('display_name', columnType.short(200), (column) => column.notNull())
        .addColumn('description', columnType.text, (column) => column.notNull())
        .addColumn('owner', columnType.short(254), (column) => column.notNull())
        .addColumn('expires_ms', columnType.ms)
        .addColumn('search_key', columnType.short(128), (column) => column.notNull())
        .addColumn('columns', columnType.json, (column) => column.notNull())
        .addColumn('version', columnType.count, (column) => column.notNull())
        .addColumn('snapshot', columnType.count, (column) => column.notNull())
        .addColumn('items', columnType.count, (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_by', columnType.short(254), (column) => column.notNull())
        .addColumn('deleted_ms', columnType.ms)
        .addUniqueConstraint('query_watchlists_alias', ['company', 'alias_key'])
        .execute();
      await schema
        .createTable('query_watchlist_versions')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('watchlist_id', columnType.id, (column) => column.notNull())
        .addColumn('version', columnType.count, (column) => column.notNull())
        .addColumn('snapshot', columnType.count, (column) => column.notNull())
        .addColumn('items', columnType.count, (column) => column.notNull())
        .addColumn('search_key', columnType.short(128), (column) => column.notNull())
        .addColumn('columns', columnType.json, (column) => column.notNull())
        .addColumn('action', columnType.short(16), (column) => column.notNull())
        .addColumn('made_by', columnType.short(254), (column) => column.notNull())
        .addColumn('made_ms', columnType.ms, (column) => column.notNull())
        .addUniqueConstraint('query_watchlist_versions_version', ['watchlist_id', 'version'])
        .execute();
      await schema
        .createTable('query_marks')
        .addColumn('name', columnType.short(32), (column) => column.primaryKey())
        .addColumn('value', columnType.count, (column) => column.notNull())
        .execute();
      await database.insertInto('query_marks').values({ name: 'snapshot', value: 0 }).execute();
    },
  },
];
