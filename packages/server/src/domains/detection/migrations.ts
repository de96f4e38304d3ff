import { columnType, integerDefault, type Migration } from '../../platform/database/index.ts';

/** The tables of rules' states, hits and alerts. Portable: SQLite, PostgreSQL, MariaDB, SQL Server. */
export const detectionMigrations: readonly Migration[] = [
  {
    id: '0004-detection',
    up: async (database) => {
      const { schema } = database;
      await schema
        .createTable('detection_states')
        .addColumn('rule_id', columnType.id, (column) => column.notNull())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('cursor_ms', columnType.ms, (column) => column.notNull())
        .addColumn('pending', columnType.json, (column) => column.notNull())
        .addColumn('failures', columnType.count, (column) => column.notNull())
        .addColumn('retry_at_ms', columnType.ms, (column) => column.notNull())
        .addColumn('last_run_ms', columnType.ms)
        .addColumn('last_evaluated_ms', columnType.ms)
        .addColumn('last_duration_ms', columnType.ms)
        .addColumn('last_rows', columnType.count)
        .addColumn('last_error', columnType.text)
        .addColumn('runs', columnType.count, (column) => column.notNull().defaultTo(integerDefault(0)))
        .addPrimaryKeyConstraint('detection_states_key', ['rule_id', 'company'])
        .execute();
      await schema
        .createTable('detection_gaps')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('rule_id', columnType.id, (column) => column.notNull())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('from_ms', columnType.ms, (column) => column.notNull())
        .addColumn('through_ms', columnType.ms, (column) => column.notNull())
        .addColumn('reason', columnType.short(450), (column) => column.notNull())
        .addColumn('recorded_ms', columnType.ms, (column) => column.notNull())
        .execute();
      await schema
        .createIndex('detection_gaps_rule')
        .on('detection_gaps')
        .columns(['rule_id', 'company', 'from_ms'])
        .execute();
      await schema
        .createTable('detection_hits')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('rule_id', columnType.id, (column) => column.notNull())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('group_hash', columnType.short(64), (column) => column.notNull())
        .addColumn('run_ms', columnType.ms, (column) => column.notNull())
        .addColumn('alert_id', columnType.id, (column) => column.notNull())
        .addColumn('rule_version', columnType.short(20), (column) => column.notNull())
        .addColumn('rule_hash', columnType.short(64), (column) => column.notNull())
        .addColumn('row_count', columnType.count, (column) => column.notNull())
        .addColumn('severity', columnType.count, (column) => column.notNull())
        .addColumn('title', columnType.text, (column) => column.notNull())
        .addColumn('description', columnType.text, (column) => column.notNull())
        .addColumn('tactics', columnType.json, (column) => column.notNull())
        .addColumn('entities', columnType.json, (column) => column.notNull())
        .addColumn('custom_details', columnType.json, (column) => column.notNull())
        .addColumn('columns', columnType.json, (column) => column.notNull())
        .addColumn('rows', columnType.json, (column) => column.notNull())
        .addColumn('first_event_ms', columnType.ms, (column) => column.notNull())
        .addColumn('last_event_ms', columnType.ms, (column) => column.notNull())
        .addColumn('evaluated_ms', columnType.ms, (column) => column.notNull())
        .addColumn('arrived_through_ms', columnType.ms, (column) => column.notNull())
        .addUniqueConstraint('detection_hits_place', ['rule_id', 'company', 'group_hash', 'run_ms'])
        .execute();
      await schema
        .createIndex('detection_hits_run')
        .on('detection_hits')
        .columns(['rule_id', 'company', 'run_ms'])
        .execute();
      await schema.createIndex('detection_hits_alert').on('detection_hits').columns(['alert_id', 'run_ms']).execute();
      await schema
        .createTable('detection_alerts')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('rule_id', columnType.id, (column) => column.notNull())
        .addColumn('company', columnType.count, (column) => column.notNull())
        .addColumn('group_hash', columnType.short(64), (column) => column.notNull())
        .addColumn('group_values', columnType.json, (column) => column.notNull())
        .addColumn('rule_name', columnType.short(256), (column) => column.notNull())
        .addColumn('rule_version', columnType.short(20), (column) => column.notNull())
        .addColumn('rule_hash', columnType.short(64), (column) => column.notNull())
        .addColumn('query', columnType.text, (column) => column.notNull())
        .addColumn('period_ms', columnType.ms, (column) => column.notNull())
        .addColumn('severity', columnType.count, (column) => column.notNull())
        .addColumn('title', columnType.text, (column) => column.notNull())
        .addColumn('description', columnType.text, (column) => column.notNull())
        .addColumn('tactics', columnType.json, (column) => column.notNull())
        .addColumn('techniques', columnType.json, (column) => column.notNull())
        .addColumn('entities', columnType.json, (column) => column.notNull())
        .addColumn('custom_details', columnType.json, (column) => column.notNull())
        .addColumn('first_run_ms', columnType.ms, (column) => column.notNull())
        .addColumn('last_run_ms', columnType.ms, (column) => column.notNull())
        .addColumn('first_event_ms', columnType.ms, (column) => column.notNull())
        .addColumn('last_event_ms', columnType.ms, (column) => column.notNull())
        .addColumn('hit_count', columnType.count, (column) => column.notNull())
        .addColumn('row_count', columnType.count, (column) => column.notNull())
        .addColumn('status', columnType.short(16), (column) => column.notNull())
        .addColumn('status_reason', columnType.short(16))
        .addColumn('status_ms', columnType.ms)
        .addColumn('merged_into', columnType.id)
        .addColumn('suppressed', columnType.flag, (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_ms', columnType.ms, (column) => column.notNull())
        .addColumn('change_number', columnType.count, (column) => column.notNull())
        .execute();
      await schema.createIndex('detection_alerts_change').on('detection_alerts').columns(['change_number']).execute();
      await schema
        .createIndex('detection_alerts_company')
        .on('detection_alerts')
        .columns(['company', 'created_ms', 'id'])
        .execute();
      await schema
        .createIndex('detection_alerts_rule')
        .on('detection_alerts')
        .columns(['rule_id', 'company', 'first_run_ms'])
        .execute();
      await schema
        .createTable('detection_marks')
        .addColumn('name', columnType.short(32), (column) => column.primaryKey())
        .addColumn('value', columnType.count, (column) => column.notNull())
        .execute();
      // Made here, so that counting on is always an update.
      for (const name of ['arrival', 'change'])
        await database.insertInto('detection_marks').values({ name, value: 0 }).execute();
      await schema
        .createTable('detection_verdicts')
        .addColumn('hash', columnType.short(64), (column) => column.primaryKey())
        .addColumn('passed', columnType.flag, (column) => column.notNull())
        .addColumn('failures', columnType.json, (column) => column.notNull())
        .addColumn('checked_ms', columnType.ms, (column) => column.notNull())
        .execute();
    },
  },
];
