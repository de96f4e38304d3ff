import { columnType, type Migration } from '../../platform/database/index.ts';

/** The tables of action groups and the outbox. Portable: SQLite, PostgreSQL, MariaDB, SQL Server. */
export const responseMigrations: readonly Migration[] = [
  {
    id: '0005-response',
    up: async (database) => {
      const { schema } = database;
      await schema
        .createTable('response_groups')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('name', columnType.short(100), (column) => column.notNull())
        .addColumn('name_key', columnType.short(100), (column) => column.notNull())
        .addColumn('recipients', columnType.json, (column) => column.notNull())
        .addColumn('webhook_url', columnType.text)
        .addColumn('webhook_secret', columnType.text)
        .addColumn('minimum_severity', columnType.count, (column) => column.notNull())
        .addColumn('enabled', columnType.flag, (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_ms', columnType.ms, (column) => column.notNull())
        .addUniqueConstraint('response_groups_name', ['company', 'name_key'])
        .execute();
      await schema
        .createTable('response_deliveries')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('alert_id', columnType.id)
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('group_id', columnType.id, (column) => column.notNull())
        .addColumn('group_name', columnType.short(100), (column) => column.notNull())
        .addColumn('alert_title', columnType.text, (column) => column.notNull())
        .addColumn('channel', columnType.short(16), (column) => column.notNull())
        .addColumn('target', columnType.text, (column) => column.notNull())
        .addColumn('notice', columnType.json, (column) => column.notNull())
        .addColumn('state', columnType.short(16), (column) => column.notNull())
        .addColumn('attempts', columnType.count, (column) => column.notNull())
        .addColumn('last_error', columnType.text)
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('next_attempt_ms', columnType.ms, (column) => column.notNull())
        .addColumn('delivered_ms', columnType.ms)
        .execute();
      await schema
        .createIndex('response_deliveries_due')
        .on('response_deliveries')
        .columns(['state', 'next_attempt_ms'])
        .execute();
      await schema
        .createIndex('response_deliveries_company')
        .on('response_deliveries')
        .columns(['company', 'created_ms', 'id'])
        .execute();
      await schema.createIndex('response_deliveries_alert').on('response_deliveries').columns(['alert_id']).execute();
      await schema
        .createTable('response_attempts')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('delivery_id', columnType.id, (column) => column.notNull())
        .addColumn('attempt', columnType.count, (column) => column.notNull())
        .addColumn('started_ms', columnType.ms, (column) => column.notNull())
        .addColumn('duration_ms', columnType.ms, (column) => column.notNull())
        .addColumn('delivered', columnType.flag, (column) => column.notNull())
        .addColumn('answer', columnType.text, (column) => column.notNull())
        .execute();
      await schema
        .createIndex('response_attempts_delivery')
        .on('response_attempts')
        .columns(['delivery_id', 'attempt'])
        .execute();
      await schema
        .createTable('response_alerts')
        .addColumn('alert_id', columnType.id, (column) => column.primaryKey())
        .addColumn('seen_ms', columnType.ms, (column) => column.notNull())
        .execute();
      await schema
        .createTable('response_marks')
        .addColumn('name', columnType.short(32), (column) => column.primaryKey())
        .addColumn('value', columnType.count, (column) => column.notNull())
        .execute();
      await database.insertInto('response_marks').values({ name: 'alerts', value: 0 }).execute();
    },
  },
];
