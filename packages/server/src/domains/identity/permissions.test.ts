import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../platform/access/index.ts';
import { KEY_SCOPES, PERMISSION_MATRIX, permissionsOfRole, permissionsOfScopes, ROLES } from './permissions.ts';

describe('permission matrix', () => {
  it('has a row for every permission and no other', () => {
    expect(Object.keys(PERMISSION_MATRIX).sort()).toEqual([...PERMISSIONS].sort());
  });

  it('is what the house says', () => {
    const mark = (held: boolean) => (held ? 'x' : '.');
    const table = PERMISSIONS.map((permission) => {
      const roles = ROLES.map((role) => mark(permissionsOfRole(role).has(permission))).join('');
      const scopes = KEY_SCOPES.map((scope) => mark(permissionsOfScopes([scope]).has(permission))).join('');
      return `${permission.padEnd(18)}${roles} ${scopes}`;
    });
    expect(`\n${table.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      public            xxxxx xxxx
      session.self      xxxxx xxxx
      events.write      xxx.. x...
      events.read       xxxxx .x.x
      query.run         xxxxx .x.x
      library.read      xxxxx .x.x
      library.manage    xxx.. ...x
      tables.read       xxxxx .x.x
      tables.manage     xx... ...x
      quarantine.manage xxx.. ...x
      rules.read        xxxxx .x.x
      alerts.read       xxxxx .x.x
      alerts.write      xxxx. ...x
      actions.read      xxx.x ...x
      actions.manage    xxx.. ...x
      keys.manage       xxx.. ...x
      companies.read    xxxxx .x.x
      companies.manage  x.... ....
      decisions.read    xxx.x ..xx
      audit.read        xxx.x ...x
      metrics.read      x.... ....
      "
    `);
  });

  it('gives roles in order: each holds what the one below it holds', () => {
    const [global, admin, companyAdmin, user] = ROLES.map(permissionsOfRole);
    for (const [above, below] of [
      [global, admin],
      [admin, companyAdmin],
      [companyAdmin, user],
    ])
      for (const permission of below ?? []) expect(above?.has(permission), permission).toBe(true);
  });

  it('lets an Auditor change nothing', () => {
    for (const permission of permissionsOfRole('Auditor')) expect(permission).toMatch(/\.(read|run|self)$|^public$/);
  });

  it('gives nothing for a name that is no role or scope, nor for a scope in place of a role', () => {
    for (const name of ['', 'Root', 'globaladmin', 'ingest', 'admin', '__proto__'])
      expect(permissionsOfRole(name).size).toBe(0);
    for (const name of ['', 'GlobalAdmin', 'Admin', 'constructor']) expect(permissionsOfScopes([name]).size).toBe(0);
  });
});
