import { invariant } from '../invariant.ts';
import { convert } from '../lower/convert.ts';
import type { KqlType } from '../catalogue.ts';
import type { Example, ScalarFunction } from './types.ts';

const conversion = (
  name: string,
  type: KqlType,
  examples: readonly Example[],
  aliases: readonly string[] = [],
): ScalarFunction => ({
  name,
  aliases,
  summary: `The value as ${type}; null where it cannot be read as one.`,
  takes: ['any'],
  nulls: 'may',
  lower: (of) => {
    const [source] = of.args;
    invariant(source, `${name} has an argument`);
    return convert(source, type) ?? of.refuse('GHQ013', `${name}() of ${source.type} is not supported.`);
  },
  examples,
});

/** Conversions; how each one is done is in `lower/convert.ts`. */
export const CONVERSION_FUNCTIONS: readonly ScalarFunction[] = [
  conversion('tostring', 'string', [
    ['tostring(123)', '123'],
    ['tostring(1.5)', '1.5'],
    ['tostring(2.0)', '2.0'],
    ['tostring(int(null))', ''],
    ['tostring(datetime(2020-01-02 03:04:05.5))', '2020-01-02T03:04:05.5000000Z'],
    ['tostring(1d + 2h + 1ms)', '1.02:00:00.0010000'],
    ['tostring(dynamic({"a": [1, "x/y"]}))', '{"a":[1,"x/y"]}'],
    ['tostring(dynamic("text"))', 'text'],
    ['tostring(true)', 'True'],
  ]),
  conversion('tolong', 'long', [
    ["tolong('123')", 123],
    ["tolong('abc')", null],
    ["tolong('0x10')", 16],
    ['tolong(12.9)', 12],
    ["tolong('9223372036854775807')", '9223372036854775807'],
    ['tolong(dynamic(7))', 7],
  ]),
  conversion('toint', 'int', [
    ["toint('123')", 123],
    ["toint('abc')", null],
    ['toint(2147483648)', null],
  ]),
  conversion(
    'toreal',
    'real',
    [
      ["toreal('123.4')", 123.4],
      ["toreal('x')", null],
    ],
    ['todouble'],
  ),
  conversion('todecimal', 'decimal', [
    ["todecimal('123.45678')", '123.45678'],
    ['todecimal(true)', '1'],
    ["todecimal('abc')", null],
  ]),
  conversion(
    'tobool',
    'bool',
    [
      ["tobool('true')", true],
      ["tobool('0')", false],
      ["tobool('maybe')", null],
      ['tobool(7)', true],
    ],
    ['toboolean'],
  ),
  conversion('todatetime', 'datetime', [
    ["todatetime('2015-12-31 23:59:59.9')", '2015-12-31T23:59:59.9000000Z'],
    ["todatetime('2015-12-24')", '2015-12-24T00:00:00.0000000Z'],
    ["todatetime('nonsense')", null],
    ["todatetime('2014-05-25T08:20:03+02:00')", '2014-05-25T06:20:03.0000000Z'],
    ["todatetime('Sat, 8 Nov 14 15:05:02 GMT')", '2014-11-08T15:05:02.0000000Z'],
    ["todatetime('8 Nov 74 15:05')", '1974-11-08T15:05:00.0000000Z'],
    ["todatetime('Saturday, 08-Nov-14 15:05:02 GMT')", '2014-11-08T15:05:02.0000000Z'],
    ["todatetime('Sat Nov  8 15:05:02 2014')", '2014-11-08T15:05:02.0000000Z'],
    ["todatetime('8 Nov 15:05')", null],
    ["todatetime('2014-02-30')", null],
  ]),
  conversion(
    'totimespan',
    'timespan',
    [
      ["totimespan('0.00:01:00')", '00:01:00'],
      ["totimespan('abc')", null],
      ["totimespan('1.5h')", '01:30:00'],
      ["totimespan('-2 days')", '-2.00:00:00'],
      ["totimespan('100ms')", '00:00:00.1000000'],
      ["totimespan('2')", '2.00:00:00'],
      ["totimespan('12:30')", '12:30:00'],
      ["totimespan('3 apples')", null],
    ],
    ['totime'],
  ),
  conversion('toguid', 'guid', [
    ["toguid('70fc66f7-8279-44fc-9092-d364d70fce44')", '70fc66f7-8279-44fc-9092-d364d70fce44'],
    ["toguid('x')", null],
    ["toguid('{70FC66F7-8279-44FC-9092-D364D70FCE44}')", '70fc66f7-8279-44fc-9092-d364d70fce44'],
    ["toguid('70fc66f7827944fc9092d364d70fce44')", '70fc66f7-8279-44fc-9092-d364d70fce44'],
  ]),
];
