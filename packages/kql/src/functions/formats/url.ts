import { jsonArray, jsonString } from '../../lower/convert.ts';
import { call, constant, lambda, literal, once, type Sql } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';

const none = constant('');
const one = constant(1);
/** The first match; patterns without groups are much faster in the engine. */
const match = (text: Sql, pattern: string): Sql => call('extract', text, literal('String', pattern));
const after = (text: Sql, count: Sql): Sql => call('substring', text, call('plus', count, one));
const position = (text: Sql, character: string): Sql => call('position', text, constant(character));
/** What stands before a character; all of it where there is none. */
const before = (text: Sql, character: string): Sql => call('substringIndex', text, constant(character), one);
const behind = (text: Sql, character: string): Sql =>
  call('if', call('greater', position(text, character), constant(0)), after(text, position(text, character)), none);

/** A JSON object of names and JSON values. */
export function jsonObject(entries: readonly (readonly [name: string, json: Sql])[]): Sql {
  const parts = entries.flatMap(([name, json], index) => [constant(`${index === 0 ? '{' : ','}"${name}":`), json]);
  return call('concat', ...parts, constant('}'));
}

/** `a=1&b=2` as a bag; the last of two equal names counts. */
function parametersJson(query: Sql): Sql {
  const pairs = call(
    'arrayFilter',
    lambda((pair) => call('notEmpty', pair)),
    call('splitByChar', constant('&'), query),
  );
  return once([pairs], (list) => {
    const names = call(
      'arrayMap',
      lambda((pair) => before(pair, '=')),
      list,
    );
    const isLast = call('arrayReverse', call('arrayEnumerateUniq', call('arrayReverse', names)));
    const kept = call(
      'arrayFilter',
      lambda((_pair, place) => call('equals', place, one)),
      list,
      isLast,
    );
    const entry = lambda((pair) =>
      call('concat', jsonString(before(pair, '=')), constant(':'), jsonString(behind(pair, '='))),
    );
    return call(
      'concat',
      constant('{'),
      call('arrayStringConcat', call('arrayMap', entry, kept), constant(',')),
      constant('}'),
    );
  });
}

/** RFC 3986's parts, each as it stands in the text. */
function urlJson(url: Sql): Sql {
  const base = before(before(url, '#'), '?');
  return once([url, base, match(base, '^[A-Za-z][A-Za-z0-9+.-]*:')], (whole, start, scheme) => {
    const rest = after(start, call('length', scheme));
    return once([whole, scheme, rest, match(rest, '^//[^/]*')], (whole2, scheme2, rest2, slashed) => {
      const user = match(slashed, '^//.*@');
      const named = call('substring', user, constant(3), call('minus', call('length', user), constant(3)));
      const server = call(
        'if',
        call('empty', user),
        call('substring', slashed, constant(3)),
        after(slashed, call('length', user)),
      );
      return once(
        [whole2, scheme2, rest2, slashed, named, server],
        (all, scheme3, rest3, slashed3, named3, server3) => {
          const port = match(server3, ':[0-9]*$');
          const host = call('substring', server3, one, call('minus', call('length', server3), call('length', port)));
          const path = after(rest3, call('length', slashed3));
          return jsonObject([
            ['Scheme', jsonString(call('trimRight', scheme3, constant(':')))],
            ['Host', jsonString(host)],
            ['Port', jsonString(call('substring', port, constant(2)))],
            [
              'Path',
              jsonString(
                call('if', call('startsWith', path, constant('/')), call('substring', path, constant(2)), path),
              ),
            ],
            ['Username', jsonString(before(named3, ':'))],
            ['Password', jsonString(behind(named3, ':'))],
            ['Query Parameters', parametersJson(behind(before(all, '#'), '?'))],
            ['Fragment', jsonString(behind(all, '#'))],
          ]);
        },
      );
    });
  });
}

/** Parts of a path with slashes of either kind. */
function pathJson(path: Sql): Sql {
  return once([path, match(path, '^[A-Za-z][A-Za-z0-9+.-]+://')], (whole, start) => {
    const bare = call(
      'replaceRegexpOne',
      after(whole, call('length', start)),
      literal('String', '^/([A-Za-z]:)'),
      constant('\\1'),
    );
    return once([start, bare, match(bare, '[^/\\\\]*$')], (start2, rest, last) => {
      // The drive of `C:\` is no stream.
      const stream = call(
        'if',
        call('equals', call('length', last), call('length', rest)),
        match(last, '^(?:[A-Za-z]:)?[^:]*'),
        before(last, ':'),
      );
      const directory = call(
        'substring',
        rest,
        one,
        call('greatest', call('minus', call('toInt64', call('length', rest)), call('length', last), one), constant(0)),
      );
      return once([start2, rest, last, stream, directory], (scheme, rest3, last3, file, folder) =>
        jsonObject([
          ['Scheme', jsonString(before(scheme, ':'))],
          [
            'RootPath',
            jsonString(
              match(call('replaceRegexpOne', rest3, literal('String', '^\\\\\\\\[?.]\\\\'), none), '^[A-Za-z]:'),
            ),
          ],
          ['DirectoryPath', jsonString(folder)],
          ['DirectoryName', jsonString(match(folder, '[^/\\\\]*$'))],
          ['Filename', jsonString(file)],
          ['Extension', jsonString(call('substring', match(file, '[.][^.]*$'), constant(2)))],
          [
            'AlternateDataStreamName',
            jsonString(call('substring', last3, call('plus', call('length', file), constant(2)))),
          ],
        ]),
      );
    });
  });
}

/** The fields of the first record. */
function csvJson(text: Sql): Sql {
  const record = match(text, '^(?:[^"\\r\\n]|"(?:[^"]|"")*"?)*');
  const fields = call(
    'extractAll',
    call('concat', constant(','), record),
    literal('String', ',(?:"(?:[^"]|"")*"?)?[^,]*'),
  );
  const value = lambda((field) => {
    const body = call('substring', field, constant(2));
    const quoted = call('replaceRegexpOne', call('substring', body, constant(2)), constant('"$'), none);
    return jsonString(
      call(
        'if',
        call('startsWith', body, constant('"')),
        call('replaceAll', quoted, constant('""'), constant('"')),
        body,
      ),
    );
  });
  return jsonArray(call('arrayMap', value, fields));
}

/** Texts of a known build, taken apart. Sources: KQL documentation, the pages of the functions. */
export const URL_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_url',
    aliases: ['parseurl'],
    summary: 'The parts of a URL as a bag: Scheme, Host, Port, Path, Username, Password, Query Parameters, Fragment.',
    takes: ['string'],
    nulls: 'never',
    differs: 'Parts are not decoded; of a name that stands twice in the query the last value counts.',
    lower: (of) => urlJson(of.sql(0)),
    examples: [
      [
        'parse_url("scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment")',
        {
          Scheme: 'scheme',
          Host: 'host',
          Port: '1234',
          Path: 'this/is/a/path',
          Username: 'username',
          Password: 'password',
          'Query Parameters': { k1: 'v1', k2: 'v2' },
          Fragment: 'fragment',
        },
      ],
      ['parse_url("https://[2001:db8::1]:443/a?x=1#f").Host', '[2001:db8::1]'],
      ['parse_url("https://login.example.com").Host', 'login.example.com'],
      ['parse_url("?a=1&b=%20x&a=2")["Query Parameters"]', { b: '%20x', a: '2' }],
      ['parse_url("mailto:ann@example.com").Path', 'ann@example.com'],
    ],
  },
  {
    name: 'parse_urlquery',
    aliases: ['parseurlquery'],
    summary: 'The parameters of the query part of a URL as a bag.',
    takes: ['string'],
    nulls: 'never',
    page: 'parse-url-query-function',
    differs: 'Values are not decoded; of a name that stands twice the last value counts.',
    lower: (of) =>
      jsonObject([
        ['Query Parameters', parametersJson(call('replaceRegexpOne', of.sql(0), literal('String', '^[?]'), none))],
      ]),
    examples: [
      ['parse_urlquery("k1=v1&k2=v2&k3=a=b")', { 'Query Parameters': { k1: 'v1', k2: 'v2', k3: 'a=b' } }],
      ['parse_urlquery("")', { 'Query Parameters': {} }],
    ],
  },
  {
    name: 'parse_path',
    summary: 'The parts of a file path as a bag.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) => pathJson(of.sql(0)),
    examples: [
      [
        'parse_path(@"C:\\temp\\file.txt")',
        {
          Scheme: '',
          RootPath: 'C:',
          DirectoryPath: 'C:\\temp',
          DirectoryName: 'temp',
          Filename: 'file.txt',
          Extension: 'txt',
          AlternateDataStreamName: '',
        },
      ],
      [
        'parse_path("file://C:/temp/file.txt:some.exe")',
        {
          Scheme: 'file',
          RootPath: 'C:',
          DirectoryPath: 'C:/temp',
          DirectoryName: 'temp',
          Filename: 'file.txt',
          Extension: 'txt',
          AlternateDataStreamName: 'some.exe',
        },
      ],
      ['parse_path(@"\\\\shared\\users\\temp\\file.txt.gz").DirectoryPath', '\\\\shared\\users\\temp'],
      ['parse_path("/usr/lib/temp/file.txt").DirectoryPath', '/usr/lib/temp'],
      ['parse_path(@"\\\\?\\C:\\a\\b.exe").RootPath', 'C:'],
      ['parse_path("cmd.exe").Filename', 'cmd.exe'],
      ['parse_path("").Filename', ''],
    ],
  },
  {
    name: 'parse_csv',
    summary: 'The fields of the first record of a CSV text, as texts.',
    takes: ['string'],
    nulls: 'never',
    lower: (of) => csvJson(of.sql(0)),
    examples: [
      ['parse_csv("aa,b,cc")', ['aa', 'b', 'cc']],
      [
        'parse_csv(\'aa,"b,b,b",cc,"Escaping quotes: ""Title""","line1\\nline2"\')',
        ['aa', 'b,b,b', 'cc', 'Escaping quotes: "Title"', 'line1\nline2'],
      ],
      ['parse_csv("record1,a,\\nrecord2,x,y")', ['record1', 'a', '']],
    ],
  },
  {
    name: 'parse_version',
    summary: 'A version of one to four numbers as a decimal that compares as the versions do.',
    takes: ['string'],
    nulls: 'may',
    differs:
      'The decimal has 32 digits before the point: it can be compared and shown, other arithmetic is not for it.',
    lower: (of) => {
      const parts = call('splitByChar', constant('.'), of.sql(0));
      const digits = call(
        'arrayStringConcat',
        call(
          'arrayMap',
          lambda((part) => call('leftPad', part, constant(8), constant('0'))),
          call('arrayResize', parts, constant(4), constant('0')),
        ),
      );
      return call(
        'if',
        call('match', of.sql(0), literal('String', '^[0-9]{1,8}(?:[.][0-9]{1,8}){0,3}$')),
        call('toDecimal128OrNull', digits, constant(0)),
        { kind: 'constant', value: null },
      );
    },
    examples: [
      ['parse_version("0.0.0.5")', '5'],
      ['parse_version("1.2.3.4")', '1000000020000000300000004'],
      ['parse_version("1") == parse_version("1.0.0.0")', true],
      ['parse_version("0.10") > parse_version("0.9.9")', true],
      ['parse_version("1.x")', null],
      ['parse_version("123456789")', null],
    ],
  },
];
