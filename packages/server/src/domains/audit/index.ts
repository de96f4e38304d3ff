import { deriveKey } from '../../platform/keys.ts';
import type { Domain } from '../../platform/domain.ts';
import type { Platform } from '../../platform/platform.ts';
import { auditRoutes } from './routes.ts';
import { createAuditTrail, type AuditTrail } from './service.ts';
import type { AuditTables } from './tables.ts';

export { auditMigrations } from './migrations.ts';
export type { AuditActor, AuditEntry, AuditTrail, ChainVerdict } from './service.ts';

export type Audit = Domain & AuditTrail;

/** The trail of who did what: append-only, one keyed hash chain a company, read with `audit.read`. */
export function createAudit(platform: Pick<Platform, 'database' | 'clock' | 'config'>): Audit {
  const trail = createAuditTrail({
    database: platform.database.withTables<AuditTables>(),
    clock: platform.clock,
    chainKey: deriveKey(platform.config.app.secretKey, 'audit-chain'),
  });
  return { name: 'audit', ...trail, routes: auditRoutes(trail) };
}
