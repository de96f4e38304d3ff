import { columnType, type Migration } from '../../platform/database/index.ts';

/** The audit trail's tables. */
export const auditMigrations: readonly Migration[] = [
  {
    id: '0001-audit',
    up: async (database) => {
      await database.schema
        .createTable('audit_log')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('chain', columnType.count, (column) => column.notNull())
        .addColumn('sequence', columnType.count, (column) => column.notNull())
        .addColumn('at_ms', columnType.ms, (column) => column.notNull())
        .addColumn('actor_kind', columnType.short(16), (column) => column.notNull())
        .addColumn('actor_id', columnType.short(64), (column) => column.notNull())
        .addColumn('actor_label', columnType.short(254), (column) => column.notNull())
        .addColumn('action', columnType.short(64), (column) => column.notNull())
        .addColumn('target', columnType.short(254))
        .addColumn('outcome', columnType.short(16), (column) => column.notNull())
        .addColumn('reason', columnType.short(254))
        .addColumn('address', columnType.short(64))
        .addColumn('detail', columnType.json)
        .addColumn('previous_hash', columnType.short(64), (column) => column.notNull())
        .addColumn('hash', columnType.short(64), (column) => column.notNull())
        .addUniqueConstraint('audit_log_chain_sequence', ['chain', 'sequence'])
        .execute();
      await database.schema
        .createTable('audit_heads')
        .addColumn('chain', columnType.count, (column) => column.primaryKey())
        .addColumn('sequence', columnType.count, (column) => column.notNull())
        .addColumn('hash', columnType.short(64), (column) => column.notNull())
        .execute();
    },
  },
];
