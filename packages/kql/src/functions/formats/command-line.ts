import { jsonArray, jsonString } from '../../lower/convert.ts';
import { call, constant, lambda, literal, type Sql } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';

/**
 * Windows's rules for the arguments of a command line: white space parts them outside quotes; 2n backslashes before a quote
 * are n backslashes and the quote counts, 2n+1 are n backslashes and a quote of the text; two quotes inside quotes are one.
 * Source: Microsoft's documentation of CommandLineToArgvW.
 */
const ESCAPED = '(?:\\\\\\\\)*\\\\"';
const PAIR = '\\\\\\\\';
const QUOTED = `"(?:[^"\\\\]+|${ESCAPED}|${PAIR}|\\\\|"")*"?`;
const ARGUMENT = `(?:[^\\s"\\\\]+|${ESCAPED}|${PAIR}|${QUOTED}|\\\\)+`;
const SEGMENT = `${ESCAPED}|(?:${PAIR})*${QUOTED}|[^"\\\\]+|\\\\+`;
/** Inside quotes, after the one that opens. */
const INSIDE = `${ESCAPED}|""|(?:${PAIR})+"|\\\\+|[^"\\\\]+|"`;

const all = (text: Sql, pattern: string): Sql => call('extractAll', text, literal('String', pattern));
const joined = (body: (piece: Sql) => Sql, list: Sql): Sql =>
  call(
    'arrayStringConcat',
    call(
      'arrayMap',
      lambda((piece) => body(piece)),
      list,
    ),
  );
const endsWithQuote = (text: Sql): Sql => call('endsWith', text, constant('"'));

/** Backslashes and a quote after them: half of them, and the quote where their number is odd. */
const escaped = (run: Sql): Sql => {
  const count = call('minus', call('length', run), constant(1));
  return call(
    'concat',
    call('repeat', constant('\\'), call('intDiv', count, constant(2))),
    call('if', call('equals', call('modulo', count, constant(2)), constant(1)), constant('"'), constant('')),
  );
};

function segment(piece: Sql): Sql {
  const lead = call('extract', piece, literal('String', '^\\\\*'));
  const body = call('substring', piece, call('plus', call('length', lead), constant(2)));
  const inside = joined(
    (part) =>
      call('multiIf', call('equals', part, constant('""')), constant('"'), endsWithQuote(part), escaped(part), part),
    all(body, INSIDE),
  );
  return call(
    'multiIf',
    call('match', piece, literal('String', `^${ESCAPED}$`)),
    escaped(piece),
    call('match', piece, literal('String', '^\\\\*"')),
    call('concat', call('substring', lead, constant(1), call('intDiv', call('length', lead), constant(2))), inside),
    piece,
  );
}

export const COMMAND_LINE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_command_line',
    summary: "The arguments of a command line as an array, by Windows's rules.",
    takes: ['string', 'string'],
    nulls: 'never',
    lower: (of) => {
      const parser = of.arg(1).constant;
      if (typeof parser !== 'string' || parser.toLowerCase() !== 'windows')
        return of.refuse('GHQ021', 'The parser of parse_command_line() is "windows".');
      const list = call(
        'arrayMap',
        lambda((argument) => jsonString(joined(segment, all(argument, SEGMENT)))),
        all(of.sql(0), ARGUMENT),
      );
      return call('if', call('empty', of.sql(0)), constant(''), jsonArray(list));
    },
    examples: [
      ['parse_command_line(\'echo "hello world!"\', "windows")', ['echo', 'hello world!']],
      [
        'parse_command_line(@\'cmd.exe /c  "C:\\Program Files\\x.exe" a"b c"d ""\', "windows")',
        ['cmd.exe', '/c', 'C:\\Program Files\\x.exe', 'ab cd', ''],
      ],
      ['parse_command_line(@\'a \\"b\\" c\\\\\\"d "e\\\\" f\\g\', "windows")', ['a', '"b"', 'c\\"d', 'e\\', 'f\\g']],
      ['parse_command_line(@\'x "a ""b"" c"\', "windows")', ['x', 'a "b" c']],
      ['isnull(parse_command_line("", "windows"))', true],
    ],
  },
];
