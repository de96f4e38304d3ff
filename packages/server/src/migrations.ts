import { auditMigrations } from './domains/audit/migrations.ts';
import { detectionMigrations } from './domains/detection/migrations.ts';
import { eventsMigrations } from './domains/events/migrations.ts';
import { identityMigrations } from './domains/identity/migrations.ts';
import { queryMigrations } from './domains/query/migrations.ts';
import { responseMigrations } from './domains/response/migrations.ts';
import type { Migration } from './platform/database/index.ts';

/** Every migration of the control store; they run in the order of their ids. */
export const migrations: readonly Migration[] = [
  ...auditMigrations,
  ...identityMigrations,
  ...eventsMigrations,
  ...detectionMigrations,
  ...responseMigrations,
  ...queryMigrations,
];
