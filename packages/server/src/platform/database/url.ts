import path from 'node:path';
import { DatabaseError } from './errors.ts';

/** Databases that are named but come later, by the first part of their URL's scheme (SQLAlchemy adds `+driver`). */
const LATER: Readonly<Record<string, string>> = {
  postgresql: 'PostgreSQL',
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  mssql: 'SQL Server',
  sqlserver: 'SQL Server',
  oracle: 'Oracle',
};

/** Options of SQLAlchemy's driver that mean nothing here. */
const IGNORED_OPTIONS: ReadonlySet<string> = new Set(['check_same_thread', 'timeout']);

export const IN_MEMORY = ':memory:';

/**
 * The SQLite file that a `DATABASE_URL` names, or `:memory:`. A relative path counts from `folder`.
 *
 * | spelling | file |
 * |---|---|
 * | `sqlite:///gatehouse.db` | relative, as SQLAlchemy reads it |
 * | `sqlite:////var/lib/gatehouse.db` | absolute |
 * | `sqlite://`, `sqlite:///:memory:`, `:memory:` | none: in memory |
 * | `./gatehouse.db`, `/var/lib/gatehouse.db` | a path |
 *
 * @throws DatabaseError `DATABASE_UNSUPPORTED` for a database that comes later, `DATABASE_URL_INVALID` for anything else.
 * Source: SQLAlchemy documentation, "Database URLs".
 */
export function sqliteFile(url: string, folder: string): string {
  const trimmed = url.trim();
  if (trimmed === '' || trimmed.includes('\0'))
    throw new DatabaseError('DATABASE_URL_INVALID', 'The database URL is empty.');
  const scheme = /^([a-z0-9]+)(?:\+[a-z0-9_]+)?:\/\//i.exec(trimmed);
  if (scheme === null) return trimmed === IN_MEMORY ? IN_MEMORY : path.resolve(folder, trimmed);
  const kind = (scheme[1] ?? '').toLowerCase();
  const later = LATER[kind];
  if (later !== undefined)
    throw new DatabaseError(
      'DATABASE_UNSUPPORTED',
      `${later} comes with a later version; this one keeps its control data in SQLite (sqlite:///file.db).`,
    );
  if (kind !== 'sqlite')
    throw new DatabaseError('DATABASE_URL_INVALID', `No database has URLs that begin with ${kind}://.`);
  const [place = '', options = ''] = trimmed.slice(scheme[0].length).split('?', 2);
  for (const name of new URLSearchParams(options).keys())
    if (!IGNORED_OPTIONS.has(name))
      throw new DatabaseError('DATABASE_URL_INVALID', `The database URL has an unknown option: ${name}.`);
  if (place === '' || place === '/' || place === `/${IN_MEMORY}`) return IN_MEMORY;
  if (!place.startsWith('/'))
    throw new DatabaseError(
      'DATABASE_URL_INVALID',
      'A SQLite URL has three slashes before a relative path and four before an absolute one.',
    );
  return path.resolve(folder, place.slice(1));
}
