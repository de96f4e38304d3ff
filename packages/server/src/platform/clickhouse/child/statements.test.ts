/** Text in, decision out: what the front lets through. The engine behind it runs whatever it is given, several statements too. */
import { describe, expect, it } from 'vitest';
import { readStatement, RefusedStatement } from './statements.ts';

/** The statement as the engine gets it and its format, or why it is refused. */
function check(sql: string): string {
  try {
    const statement = readStatement(sql);
    if (statement.kind === 'insertRows') return `rows into ${statement.into} as ${statement.format}`;
    return `${statement.sql} | ${statement.format ?? '-'}${statement.needsEngineCheck ? ' | asks the engine' : ''}`;
  } catch (error) {
    if (error instanceof RefusedStatement) return `refused: ${error.message}`;
    throw error;
  }
}

describe('let through', () => {
  it.each([
    ['SELECT 1', 'SELECT 1 | -'],
    ['SELECT 1 ;\n ; ', 'SELECT 1 | -'],
    ['SELECT 1\nFORMAT JSONCompact', 'SELECT 1 | JSONCompact'],
    ['(SELECT 1) UNION ALL (SELECT 2) FORMAT JSON', '(SELECT 1) UNION ALL (SELECT 2) | JSON'],
    ['/* a */ with 1 as x select x -- ;', '/* a */ with 1 as x select x | -'],
    ["SELECT format('{}', 'x')", "SELECT format('{}', 'x') | -"],
    ["SELECT ';'", "SELECT ';' | - | asks the engine"],
    ["SELECT 'a\\';', `b;`, \"c;\", $$;$$", "SELECT 'a\\';', `b;`, \"c;\", $$;$$ | - | asks the engine"],
    ["SELECT 'it''s', {p:String}", "SELECT 'it''s', {p:String} | -"],
    ['INSERT INTO t FORMAT JSONEachRow', 'rows into t as JSONEachRow'],
    ['insert into `d`.`t` (`a`, b) format JSONEachRow', 'rows into `d`.`t` (`a`, b) as JSONEachRow'],
    ['INSERT INTO t SELECT number FROM numbers(3)', 'INSERT INTO t SELECT number FROM numbers(3) | -'],
    [
      'ALTER TABLE t ADD COLUMN IF NOT EXISTS `file` String',
      'ALTER TABLE t ADD COLUMN IF NOT EXISTS `file` String | -',
    ],
  ])('%s', (sql, expected) => expect(check(sql)).toBe(expected));
});

describe('refused', () => {
  const many = 'refused: Multi-statements are not allowed';
  const insert = 'refused: an INSERT is INSERT INTO table (columns) FORMAT name, its rows in the body';
  const insertSelect = 'refused: an INSERT … SELECT carries no data and no format';
  it.each([
    ['', 'refused: empty statement'],
    [' ; ', 'refused: empty statement'],
    ['SELECT 1; SELECT 2', many],
    ['SELECT 1;DROP TABLE t', many],
    ["SELECT 'a\\\\'; DROP TABLE t; --'", many],
    ['SELECT 1 /* */ ; /* */ SELECT 2', many],
    ['SELECT 1 -- x\n; SELECT 2', many],
    ["SELECT 'open", 'refused: no end of the text quoted at 7'],
    ['SELECT 1 /* open', 'refused: no end of what begins before 11'],
    ['SELECT $a$ open', 'refused: no end of what begins before 10'],
    ['SELECT 1 \0', 'refused: unexpected character at 9'],
    ['SET readonly = 0', 'refused: a statement does not begin with SET'],
    ['USE other', 'refused: a statement does not begin with USE'],
    ['SYSTEM SHUTDOWN', 'refused: a statement does not begin with SYSTEM'],
    ['KILL QUERY WHERE 1 ASYNC', 'refused: a statement does not begin with KILL'],
    ["ATTACH TABLE t FROM '/etc'", 'refused: a statement does not begin with ATTACH'],
    ['GRANT ALL ON *.* TO x', 'refused: a statement does not begin with GRANT'],
    ["SELECT file('/etc/passwd')", 'refused: file() is not allowed'],
    ["SELECT `file` ('/etc/passwd')", 'refused: file() is not allowed'],
    ["SELECT FiLe/**/('/etc/passwd')", 'refused: FiLe() is not allowed'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 'refused: OUTFILE is not allowed'],
    ["INSERT INTO t FROM INFILE '/etc/passwd' FORMAT JSONEachRow", 'refused: INFILE is not allowed'],
    ['INSERT INTO t VALUES (1)', insert],
    ['INSERT INTO t FORMAT JSONEachRow {"a":1}', insert],
    ['INSERT INTO t FORMAT Native', insert],
    ['INSERT INTO t SETTINGS a = 1 FORMAT JSONEachRow', insert],
    ["INSERT INTO FUNCTION url('http://x', 'CSV') FORMAT JSONEachRow", insert],
    ['INSERT INTO t SELECT 1 FORMAT Values (2)', insertSelect],
    ["INSERT INTO t SELECT * FROM input('a String') FORMAT CSV", insertSelect],
  ])('%s', (sql, expected) => expect(check(sql)).toBe(expected));
});
