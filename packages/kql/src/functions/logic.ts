import { convert } from '../lower/convert.ts';
import { value, type Value } from '../lower/value.ts';
import { call, constant, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';

const no = constant(0);

/** Branches in the result's type; a null literal of another type becomes that type's null. */
function branches(of: ScalarCall, values: readonly Value[]): readonly Sql[] {
  return values.map((branch) => (convert(branch, of.type) ?? branch).sql);
}

/** iff(condition, then, else): a null condition takes the else. */
function iff(of: ScalarCall): Value {
  const [condition, then, otherwise] = of.args as [Value, Value, Value];
  const [thenSql, elseSql] = branches(of, [then, otherwise]) as [Sql, Sql];
  return value(
    call('if', condition.sql, thenSql, elseSql),
    of.type,
    then.nullable || otherwise.nullable || differs(of, [then, otherwise]),
  );
}

function caseOf(of: ScalarCall): Value {
  const conditions = of.args.filter((_, index) => index % 2 === 0 && index < of.count - 1);
  const results = of.args.filter((_, index) => index % 2 === 1 || index === of.count - 1);
  const sql = branches(of, results);
  const args = conditions.flatMap((condition, index) => [condition.sql, sql[index] ?? no]);
  return value(
    call('multiIf', ...args, sql.at(-1) ?? no),
    of.type,
    results.some((result) => result.nullable) || differs(of, results),
  );
}

/** Conversion to the common type can give nulls. */
function differs(of: ScalarCall, values: readonly Value[]): boolean {
  return values.some((branch) => branch.type !== of.type);
}

function coalesce(of: ScalarCall): Value {
  const args = of.args.map((arg) => convert(arg, of.type) ?? arg);
  const last = args.at(-1);
  if (of.type === 'string' || of.type === 'dynamic') {
    const tests = args
      .slice(0, -1)
      .flatMap((arg) => [call(of.type === 'string' ? 'notEmpty' : 'notEmpty', arg.sql), arg.sql]);
    return value(tests.length === 0 ? (last?.sql ?? no) : call('multiIf', ...tests, last?.sql ?? no), of.type, false);
  }
  return value(
    call('coalesce', ...args.map((arg) => arg.sql)),
    of.type,
    args.every((arg) => arg.nullable),
  );
}

/** A dynamic value is null when there is nothing there, or JSON's null. */
const JSON_NULLS: readonly Sql[] = [constant(''), constant('null')];
const dynamicIsNull = (sql: Sql): Sql => call('in', sql, call('tuple', ...JSON_NULLS));

const TESTS: Readonly<Record<'isnull' | 'isempty', (arg: Value) => Sql>> = {
  isnull: (arg) =>
    arg.type === 'string'
      ? no
      : arg.type === 'dynamic'
        ? dynamicIsNull(arg.sql)
        : arg.nullable
          ? call('isNull', arg.sql)
          : no,
  isempty: (arg) => {
    if (arg.type === 'string') return call('empty', arg.sql);
    if (arg.type !== 'dynamic') return arg.nullable ? call('isNull', arg.sql) : no;
    const text = convert(arg, 'string');
    return call('empty', text?.sql ?? arg.sql);
  },
};

const first = (of: ScalarCall): Value => of.arg(0);
const bool = (sql: Sql): Value => value(sql, 'bool', false);

/** Null tests and choices. */
export const LOGIC_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'not',
    summary: 'The other truth value; null stays null.',
    takes: ['bool'],
    nulls: 'propagate',
    lower: (of) => call('not', of.sql(0)),
    examples: [
      ['not(1 == 2)', true],
      ['not(bool(null))', null],
    ],
  },
  {
    name: 'isnull',
    summary: 'True when there is no value; a text is never null.',
    takes: ['any'],
    nulls: 'never',
    lower: (of) => bool(TESTS.isnull(first(of))),
    examples: [
      ['isnull(int(null))', true],
      ["isnull('')", false],
      ['isnull(dynamic({"a":null}).a)', true],
      ['isnull(dynamic({"a":1}).b)', true],
      ['isnull(5)', false],
    ],
  },
  {
    name: 'isnotnull',
    aliases: ['notnull'],
    summary: 'True when there is a value.',
    takes: ['any'],
    nulls: 'never',
    lower: (of) => bool(call('not', TESTS.isnull(first(of)))),
    examples: [
      ['isnotnull(5)', true],
      ['isnotnull(long(null))', false],
    ],
  },
  {
    name: 'isempty',
    summary: 'True for an empty text or no value.',
    takes: ['any'],
    nulls: 'never',
    lower: (of) => bool(TESTS.isempty(first(of))),
    examples: [
      ["isempty('')", true],
      ["isempty('x')", false],
      ['isempty(long(null))', true],
      ['isempty(parse_json(""))', true],
    ],
  },
  {
    name: 'isnotempty',
    aliases: ['notempty'],
    summary: 'True for a text that is not empty, or a value.',
    takes: ['any'],
    nulls: 'never',
    lower: (of) => {
      const arg = first(of);
      return bool(arg.type === 'string' ? call('notEmpty', arg.sql) : call('not', TESTS.isempty(arg)));
    },
    examples: [
      ["isnotempty('')", false],
      ["isnotempty('x')", true],
      ['isnotempty(1)', true],
    ],
  },
  {
    name: 'iff',
    aliases: ['iif'],
    summary: 'One of two values; a null condition takes the second.',
    takes: ['any'],
    nulls: 'may',
    lower: iff,
    examples: [
      ["iff(1 > 2, 'a', 'b')", 'b'],
      ['iff(bool(null), 1, 2)', 2],
      ['iff(true, 1, 2.5)', 1],
    ],
  },
  {
    name: 'case',
    summary: 'The value after the first condition that holds; otherwise the last one.',
    takes: ['any'],
    nulls: 'may',
    lower: caseOf,
    examples: [
      ["case(1 > 2, 'a', 2 > 1, 'b', 'c')", 'b'],
      ['case(false, 1, long(null))', null],
    ],
  },
  {
    name: 'coalesce',
    summary: 'The first value that is not null (or not empty, for texts).',
    takes: ['any'],
    nulls: 'may',
    lower: coalesce,
    examples: [
      ["coalesce(tolong('x'), tolong('42'), 33)", 42],
      ["coalesce('', 'b')", 'b'],
    ],
  },
  {
    name: 'max_of',
    summary: 'The largest of its arguments.',
    takes: ['any'],
    nulls: 'may',
    lower: (of) => extreme(of, 'greatest'),
    examples: [
      ['max_of(10, 1, -3, 17)', 17],
      ['max_of(long(null), 2)', 2],
    ],
  },
  {
    name: 'min_of',
    summary: 'The smallest of its arguments.',
    takes: ['any'],
    nulls: 'may',
    lower: (of) => extreme(of, 'least'),
    examples: [['min_of(10, 1, -3, 17)', -3]],
  },
];

/** greatest() and least() of the engine leave nulls out, as Kusto does. */
function extreme(of: ScalarCall, name: string): Value {
  const args = of.args.map((arg) => convert(arg, of.type) ?? arg);
  return value(
    call(name, ...args.map((arg) => arg.sql)),
    of.type,
    args.every((arg) => arg.nullable),
  );
}
