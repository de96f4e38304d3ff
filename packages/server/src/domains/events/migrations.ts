import { columnType, type Migration } from '../../platform/database/index.ts';

/** The events domain's own tables in the control store: what could not be decoded, and what companies declared. */
export const eventsMigrations: readonly Migration[] = [
  {
    id: '0003-events',
    up: async (database) => {
      await database.schema
        .createTable('events_quarantine')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('received_ms', columnType.ms, (column) => column.notNull())
        .addColumn('table_name', columnType.short(100), (column) => column.notNull())
        .addColumn('source', columnType.short(254), (column) => column.notNull())
        .addColumn('field', columnType.short(254), (column) => column.notNull())
        .addColumn('reason', columnType.text, (column) => column.notNull())
        .addColumn('body', columnType.text, (column) => column.notNull())
        .addColumn('truncated', columnType.flag, (column) => column.notNull())
        .addColumn('attempts', columnType.count, (column) => column.notNull())
        .execute();
      await database.schema
        .createIndex('events_quarantine_company')
        .on('events_quarantine')
        .columns(['company', 'id'])
        .execute();
      await database.schema
        .createTable('events_custom_tables')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('name', columnType.short(100), (column) => column.notNull())
        .addColumn('description', columnType.text, (column) => column.notNull())
        .addColumn('columns', columnType.json, (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_ms', columnType.ms, (column) => column.notNull())
        .addUniqueConstraint('events_custom_tables_name', ['company', 'name'])
        .execute();
    },
  },
];
