import { jsonString } from '../../lower/convert.ts';
import { call, cast, constant, lambda, literal, once, type Sql } from '../../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from '../types.ts';

/**
 * XML to JSON inside one expression: the text is split into tags and texts, every token finds its parent by one pass a
 * level, and each writes its own piece of JSON. No lambda closes over a list, for the engine would copy it once an element.
 */

/** Longest text in bytes, as Kusto has it, and deepest nesting. */
const LONGEST = 1_048_576;
const DEEPEST = 32;

const NAME = '[\\pL_:][^\\s<>/=\'"]*';
const ATTRIBUTE = `[^\\s<>/='"]+\\s*=\\s*(?:"[^"]*"|'[^']*')`;
/** What follows a `<`: a closing tag, or an opening one with its attributes. */
const TAG = `^(?:/${NAME}\\s*>|${NAME}(?:\\s+${ATTRIBUTE})*\\s*/?>)`;
/** What is neither element nor text: comments, instructions, the document type, a byte order mark. */
const OTHERS = '(?s)<!--.*?-->|<[?].*?[?]>|<!DOCTYPE[^>\\[]*(?:\\[[^\\]]*\\])?[^>]*>|^\\x{FEFF}';

/** Kinds of tokens. */
const [OPEN, CLOSE, EMPTY, TEXT, BAD] = [1, 2, 3, 4, 5] as const;
/** How an element without attributes is written: as its text, as an empty text; anything else is an object. */
const [ITS_TEXT, NOTHING] = [1, 2] as const;
/** Widths in bits of what is packed into one number. */
const [POSITION, NAMES] = [20, 20] as const;
const LAST = 2 ** 50;

const none = constant('');
const zero = constant(0);
const one = constant(1);
const map = (body: (...values: Sql[]) => Sql, ...lists: readonly Sql[]): Sql =>
  call('arrayMap', lambda(body), ...lists);
const is = (kind: Sql, wanted: number): Sql => call('equals', kind, constant(wanted));
const isNot = (kind: Sql, unwanted: number): Sql => call('notEquals', kind, constant(unwanted));
const text = (...parts: readonly Sql[]): Sql => call('concat', ...parts);
const choose = (...args: readonly Sql[]): Sql => call(args.length > 3 ? 'multiIf' : 'if', ...args);
const after = (whole: Sql, part: Sql): Sql => call('substring', whole, call('plus', call('length', part), one));
const shifted = (number: Sql, bits: number): Sql => call('bitShiftLeft', call('toUInt64', number), constant(bits));
const bitsOf = (packed: Sql, from: number, width: number): Sql =>
  call('bitAnd', call('bitShiftRight', packed, constant(from)), constant(2 ** width - 1));

/** CDATA as plain text. */
function withoutCdata(xml: Sql): Sql {
  const parts = map(
    (part, number) => {
      const end = call('position', part, constant(']]>'));
      return choose(
        call('equals', number, one),
        part,
        call('equals', end, zero),
        text(constant('<'), part),
        text(
          call('encodeXMLComponent', call('substring', part, one, call('minus', end, one))),
          call('substring', part, call('plus', end, constant(3))),
        ),
      );
    },
    call('splitByString', constant('<![CDATA['), xml),
    call('arrayEnumerate', call('splitByString', constant('<![CDATA['), xml)),
  );
  return choose(
    call('equals', call('position', xml, constant('<![CDATA[')), zero),
    xml,
    call('arrayStringConcat', parts),
  );
}

/** Tags, each with its `<`, and the texts between them. A `<` that begins no tag stays alone. */
function tokensOf(xml: Sql): Sql {
  const clean = call('replaceRegexpAll', withoutCdata(xml), literal('String', OTHERS), none);
  return once([call('splitByChar', constant('<'), clean)], (pieces) => {
    const rest = call('arrayPopFront', pieces);
    const split = map(
      (piece, tag) => call('array', text(constant('<'), tag), after(piece, tag)),
      rest,
      map((piece) => call('extract', piece, literal('String', TAG)), rest),
    );
    return call(
      'arrayFilter',
      lambda((token) => call('match', token, constant('\\S'))),
      call('arrayPushFront', call('arrayFlatten', split), call('arrayElement', pieces, one)),
    );
  });
}

const kindOf = (token: Sql): Sql =>
  choose(
    call('not', call('startsWith', token, constant('<'))),
    constant(TEXT),
    call('equals', token, constant('<')),
    constant(BAD),
    call('startsWith', token, constant('</')),
    constant(CLOSE),
    call('endsWith', token, constant('/>')),
    constant(EMPTY),
    constant(OPEN),
  );

/** `"@name":"value"` of every attribute, with commas between. */
const attributesJson = (token: Sql): Sql =>
  call(
    'arrayStringConcat',
    map(
      (attribute) => {
        const at = call('position', attribute, constant('='));
        const quoted = call('trimBoth', call('substring', attribute, call('plus', at, one)));
        const value = call('substring', quoted, constant(2), call('minus', call('length', quoted), constant(2)));
        return text(
          constant('"@'),
          call('trimBoth', call('substring', attribute, one, call('minus', at, one))),
          constant('":'),
          jsonString(call('decodeXMLComponent', value)),
        );
      },
      choose(
        call('greater', call('position', token, constant('=')), zero),
        call('extractAll', token, literal('String', ATTRIBUTE)),
        cast(call('array'), 'Array(String)'),
      ),
    ),
    constant(','),
  );

/** The levels from the root's down. */
const levels = (depths: Sql): Sql => call('range', one, call('plus', call('toInt64', call('arrayMax', depths)), one));

/** The last value of a list that belongs to a token of `level`, for every token. */
const lastOf = (list: Sql, kinds: Sql, depths: Sql, level: Sql, kind: (kind: Sql) => Sql): Sql =>
  call(
    'arrayFill',
    lambda((_value, own, depth) => call('and', kind(own), call('equals', depth, level))),
    list,
    kinds,
    depths,
  );

/** What `list` holds for the opening tag that a closing one closes, and for the parent of everything else. */
const ofOpening = (list: Sql, kinds: Sql, depths: Sql): Sql =>
  call(
    'arrayFold',
    lambda((found, level) =>
      map(
        (known, kind, depth, opened) =>
          choose(call('equals', call('minus', depth, isNot(kind, CLOSE)), level), opened, known),
        found,
        kinds,
        depths,
        lastOf(list, kinds, depths, level, (kind) => is(kind, OPEN)),
      ),
    ),
    levels(depths),
    call('arrayWithConstant', call('length', kinds), call('toUInt64', zero)),
  );

/** The members that every token is in, from the root down, as numbers that sort as the JSON does. */
const pathsOf = (members: Sql, kinds: Sql, depths: Sql): Sql =>
  call(
    'arrayFold',
    lambda((paths, level) =>
      map(
        (path, depth, member) => choose(call('less', depth, level), path, call('arrayPushBack', path, member)),
        paths,
        depths,
        lastOf(members, kinds, depths, level, (kind) => isNot(kind, CLOSE)),
      ),
    ),
    levels(depths),
    call('arrayWithConstant', call('length', kinds), cast(call('array'), 'Array(UInt64)')),
  );

const next = (list: Sql, by: number): Sql =>
  call('arrayResize', call('arraySlice', list, constant(by + 1)), call('length', list), zero);
const previous = (list: Sql): Sql => call('arrayPushFront', call('arrayPopBack', list), zero);

function xmlJson(xml: Sql): Sql {
  const answer = once([tokensOf(xml)], (tokens) =>
    once([tokens, map(kindOf, tokens)], (all, kinds) => {
      const running = call(
        'arrayCumSum',
        lambda((kind) => call('minus', call('toInt32', is(kind, OPEN)), call('toInt32', is(kind, CLOSE)))),
        kinds,
      );
      return once([all, kinds, running], (all_, kinds_, running_) => {
        const isSound = call(
          'and',
          call('notEmpty', kinds_),
          call('not', call('has', kinds_, constant(BAD))),
          call('equals', call('arrayElement', running_, constant(-1)), zero),
          call('greaterOrEquals', call('arrayMin', running_), zero),
          call('less', call('arrayMax', running_), constant(DEEPEST)),
        );
        const depths = map((kind, sum) => call('toUInt8', call('plus', sum, isNot(kind, OPEN))), kinds_, running_);
        const nothing = (type: string): Sql => cast(call('array'), type);
        // What is not sound goes on as an empty list: nothing is computed for it.
        return once(
          [
            choose(isSound, all_, nothing('Array(String)')),
            choose(isSound, kinds_, nothing('Array(UInt8)')),
            choose(isSound, depths, nothing('Array(UInt8)')),
          ],
          balanced,
        );
      });
    }),
  );
  return choose(call('greater', call('length', xml), constant(LONGEST)), none, answer);
}

/** The JSON of tokens whose tags balance. */
function balanced(tokens: Sql, kinds: Sql, depths: Sql): Sql {
  const keys = map(
    (token, kind) => choose(is(kind, TEXT), constant('#text'), call('extract', token, literal('String', '[^\\s</>]+'))),
    tokens,
    kinds,
  );
  return once(
    [tokens, kinds, depths, keys, map(attributesJson, tokens)],
    (tokens_, kinds_, depths_, keys_, attributes) => {
      const styles = map(
        (kind, own, second, third) =>
          choose(
            call('or', isNot(kind, OPEN), call('notEmpty', own)),
            zero,
            is(second, CLOSE),
            constant(NOTHING),
            call('and', is(second, TEXT), is(third, CLOSE)),
            constant(ITS_TEXT),
            zero,
          ),
        kinds_,
        attributes,
        next(kinds_, 1),
        next(kinds_, 2),
      );
      return once(
        [tokens_, kinds_, depths_, keys_, attributes, styles, call('arrayEnumerateDense', keys_)],
        (tokens2, kinds2, depths2, keys2, attributes2, styles2, names) => {
          const openings = map(
            (position, name, own, style) =>
              call(
                'bitOr',
                call('bitOr', call('toUInt64', position), shifted(name, POSITION)),
                call('bitOr', shifted(call('notEmpty', own), POSITION + NAMES), shifted(style, POSITION + NAMES + 1)),
              ),
            call('arrayEnumerate', kinds2),
            names,
            attributes2,
            styles2,
          );
          return once(
            [tokens2, kinds2, depths2, keys2, attributes2, styles2, names, ofOpening(openings, kinds2, depths2)],
            document,
          );
        },
      );
    },
  );
}

/** The JSON where every tag is closed by its own and there is one root; empty otherwise. */
function document(
  tokens: Sql,
  kinds: Sql,
  depths: Sql,
  keys: Sql,
  attributes: Sql,
  styles: Sql,
  names: Sql,
  openings: Sql,
): Sql {
  const roots = call(
    'arrayFilter',
    lambda((kind, depth) => call('and', call('equals', depth, one), isNot(kind, CLOSE))),
    kinds,
    depths,
  );
  const closedByTheirOwn = call(
    'arrayAll',
    lambda((kind, name, opening) =>
      call('or', isNot(kind, CLOSE), call('equals', name, bitsOf(opening, POSITION, NAMES))),
    ),
    kinds,
    names,
    openings,
  );
  const isDocument = call(
    'and',
    call('equals', call('length', roots), one),
    isNot(call('arrayElement', roots, one), TEXT),
    closedByTheirOwn,
  );
  const closing = map((kind) => is(kind, CLOSE), kinds);
  const parents = map((opening) => bitsOf(opening, 0, POSITION), openings);
  const lists = [parents, names, closing];
  const fromTheEnd = call(
    'arrayReverse',
    call('arrayEnumerateUniq', ...lists.map((list) => call('arrayReverse', list))),
  );
  const alone = map(
    (before, behind) => call('and', is(before, OPEN), is(behind, CLOSE)),
    previous(kinds),
    next(kinds, 1),
  );
  const json = once(
    [call('arrayEnumerateDense', ...lists), call('arrayEnumerateUniq', ...lists), fromTheEnd],
    (groups, counts, lefts) => {
      // The group first, then the place; the last bit says that an array ends here.
      const members = map(
        (own, position, count, left) =>
          call(
            'bitOr',
            call('bitOr', shifted(own, POSITION + 1), shifted(position, 1)),
            call('toUInt64', call('and', call('greater', count, one), call('equals', left, one))),
          ),
        groups,
        call('arrayEnumerate', kinds),
        counts,
        lefts,
      );
      return once([pathsOf(members, kinds, depths)], (paths) => {
        const pieces = map(
          piece,
          tokens,
          kinds,
          keys,
          attributes,
          styles,
          openings,
          call('arrayEnumerateUniq', parents, closing),
          counts,
          lefts,
          alone,
          map((path) => bitsOf(call('arrayElement', path, constant(-1)), 0, 1), paths),
        );
        const ordered = call(
          'arraySort',
          // What closes an element comes after all that is inside.
          lambda((_piece, path, kind) => choose(is(kind, CLOSE), call('arrayPushBack', path, constant(LAST)), path)),
          pieces,
          paths,
          kinds,
        );
        return text(constant('{'), call('arrayStringConcat', ordered), constant('}'));
      });
    },
  );
  return choose(isDocument, json, none);
}

/** The JSON that one token writes: a name with what opens, a value, or what closes. */
function piece(...of: readonly Sql[]): Sql;
function piece(
  token: Sql,
  kind: Sql,
  name: Sql,
  own: Sql,
  style: Sql,
  opening: Sql,
  member: Sql,
  count: Sql,
  left: Sql,
  alone: Sql,
  endsArray: Sql,
): Sql {
  const openingStyle = bitsOf(opening, POSITION + NAMES + 1, 2);
  const follows = call('or', call('greater', member, one), bitsOf(opening, POSITION + NAMES, 1));
  const named = (value: Sql): Sql =>
    choose(
      call('equals', count, one),
      text(
        choose(follows, constant(',"'), constant('"')),
        name,
        choose(call('greater', left, one), constant('":['), constant('":')),
        value,
      ),
      text(constant(','), value),
    );
  const end = choose(is(endsArray, 1), constant(']'), none);
  const raw = call('decodeXMLComponent', token);
  const content = jsonString(choose(alone, raw, call('trimBoth', raw, constant(' \t\r\n'))));
  return choose(
    is(kind, CLOSE),
    text(choose(call('equals', openingStyle, zero), constant('}'), none), end),
    is(kind, OPEN),
    named(choose(is(style, ITS_TEXT), none, is(style, NOTHING), constant('""'), text(constant('{'), own))),
    is(kind, EMPTY),
    text(named(choose(call('empty', own), constant('null'), text(constant('{'), own, constant('}')))), end),
    is(openingStyle, ITS_TEXT),
    content,
    text(named(content), end),
  );
}

/** XML as a dynamic value. Source: KQL documentation, "parse_xml()". */
export const XML_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_xml',
    summary: 'XML as a dynamic value: attributes as @name, text as #text, elements of one name as an array.',
    takes: ['string'],
    nulls: 'never',
    differs:
      'Texts stay texts, also where they look like numbers; CDATA counts as text. What nests deeper than 32 elements or is longer than 1,048,576 bytes gives null.',
    lower: (of: ScalarCall) => xmlJson(of.sql(0)),
    examples: [
      ["parse_xml('<e/>')", { e: null }],
      ["parse_xml('<e></e>')", { e: '' }],
      ["parse_xml('<e>text</e>')", { e: 'text' }],
      [`parse_xml('<e name="value" />')`, { e: { '@name': 'value' } }],
      [`parse_xml('<e name="value">text</e>')`, { e: { '@name': 'value', '#text': 'text' } }],
      ["parse_xml('<e> <a>x</a> <b>y</b> </e>')", { e: { a: 'x', b: 'y' } }],
      ["parse_xml('<e> <a>x</a> <a>y</a> </e>')", { e: { a: ['x', 'y'] } }],
      ["parse_xml('<e> text <a>x</a> </e>')", { e: { '#text': 'text', a: 'x' } }],
      [
        'parse_xml(\'<e><a/><b><c/><d>1</d><c>2</c></b><a x="1"/><f/><a>3</a></e>\')',
        { e: { a: [null, { '@x': '1' }, '3'], b: { c: [null, '2'], d: '1' }, f: null } },
      ],
      [
        `parse_xml(@"<?xml version='1.0'?><!-- c --><EventData xmlns='urn:x'><Data Name='User'>a &amp; 'b'</Data><Data Name='Id'>0x3e7</Data></EventData>")`,
        {
          EventData: {
            '@xmlns': 'urn:x',
            Data: [
              { '@Name': 'User', '#text': "a & 'b'" },
              { '@Name': 'Id', '#text': '0x3e7' },
            ],
          },
        },
      ],
      ["parse_xml('<e><![CDATA[a<b]]></e>').e", 'a<b'],
      ["isnull(parse_xml('<e><a></e></a>'))", true],
      ["isnull(parse_xml('<a/><b/>'))", true],
      ["isnull(parse_xml('text'))", true],
      ["isnull(parse_xml('<a>1 < 2</a>'))", true],
      ["isnull(parse_xml(''))", true],
    ],
  },
];
