import { columnType, type Migration } from '../../platform/database/index.ts';

/** Companies, users, sessions, API keys, set-up, sign-in attempts. */
export const identityMigrations: readonly Migration[] = [
  {
    id: '0002-identity',
    up: async (database) => {
      const { schema } = database;
      await schema
        .createTable('counters')
        .addColumn('name', columnType.short(32), (column) => column.primaryKey())
        .addColumn('value', columnType.count, (column) => column.notNull())
        .execute();
      await database.insertInto('counters').values({ name: 'company', value: 0 }).execute();
      await schema
        .createTable('companies')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('number', columnType.count, (column) => column.notNull().unique())
        .addColumn('name', columnType.short(200), (column) => column.notNull())
        .addColumn('name_key', columnType.short(200), (column) => column.notNull().unique())
        .addColumn('time_zone', columnType.short(64), (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .execute();
      await schema
        .createTable('users')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('email', columnType.short(254), (column) => column.notNull().unique())
        .addColumn('name', columnType.short(200), (column) => column.notNull())
        .addColumn('password_hash', columnType.short(255), (column) => column.notNull())
        .addColumn('global_role', columnType.short(32))
        .addColumn('disabled', columnType.flag, (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('updated_ms', columnType.ms, (column) => column.notNull())
        .addColumn('last_sign_in_ms', columnType.ms)
        .execute();
      await schema
        .createTable('memberships')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('user_id', columnType.id, (column) => column.notNull().references('users.id'))
        .addColumn('company_id', columnType.id, (column) => column.notNull().references('companies.id'))
        .addColumn('role', columnType.short(32), (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addUniqueConstraint('memberships_user_company', ['user_id', 'company_id'])
        .execute();
      await schema
        .createTable('sessions')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('token_hash', columnType.short(64), (column) => column.notNull().unique())
        .addColumn('user_id', columnType.id, (column) => column.notNull().references('users.id'))
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('last_seen_ms', columnType.ms, (column) => column.notNull())
        .addColumn('expires_ms', columnType.ms, (column) => column.notNull())
        .addColumn('ended_ms', columnType.ms)
        .addColumn('address', columnType.short(64), (column) => column.notNull())
        .addColumn('user_agent', columnType.short(300), (column) => column.notNull())
        .execute();
      await schema.createIndex('sessions_user').on('sessions').column('user_id').execute();
      await schema
        .createTable('api_keys')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('company_id', columnType.id, (column) => column.notNull().references('companies.id'))
        .addColumn('name', columnType.short(200), (column) => column.notNull())
        .addColumn('prefix', columnType.short(8), (column) => column.notNull())
        .addColumn('secret_hash', columnType.short(64), (column) => column.notNull().unique())
        .addColumn('scopes', columnType.short(255), (column) => column.notNull())
        .addColumn('created_ms', columnType.ms, (column) => column.notNull())
        .addColumn('created_by', columnType.short(254), (column) => column.notNull())
        .addColumn('expires_ms', columnType.ms)
        .addColumn('revoked_ms', columnType.ms)
        .addColumn('last_used_ms', columnType.ms)
        .addColumn('last_address', columnType.short(64))
        .addColumn('use_count', columnType.count, (column) => column.notNull())
        .execute();
      await schema.createIndex('api_keys_prefix').on('api_keys').column('prefix').execute();
      await schema.createIndex('api_keys_company').on('api_keys').column('company_id').execute();
      await schema
        .createTable('setup')
        .addColumn('id', columnType.short(16), (column) => column.primaryKey())
        .addColumn('secret_hash', columnType.short(64), (column) => column.notNull())
        .addColumn('secret_expires_ms', columnType.ms, (column) => column.notNull())
        .addColumn('completed_ms', columnType.ms)
        .execute();
      // Hash of nothing: no secret opens the set-up before one was made.
      await database
        .insertInto('setup')
        .values({ id: 'setup', secret_hash: '', secret_expires_ms: 0, completed_ms: null })
        .execute();
      await schema
        .createTable('sign_in_attempts')
        .addColumn('id', columnType.id, (column) => column.primaryKey())
        .addColumn('account', columnType.short(64), (column) => column.notNull())
        .addColumn('network', columnType.short(64), (column) => column.notNull())
        .addColumn('at_ms', columnType.ms, (column) => column.notNull())
        .execute();
      await schema
        .createIndex('sign_in_attempts_pair')
        .on('sign_in_attempts')
        .columns(['account', 'network', 'at_ms'])
        .execute();
      await schema
        .createIndex('sign_in_attempts_network')
        .on('sign_in_attempts')
        .columns(['network', 'at_ms'])
        .execute();
    },
  },
];
