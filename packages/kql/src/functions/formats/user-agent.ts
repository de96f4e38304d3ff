import { jsonString } from '../../lower/convert.ts';
import { call, constant, literal, once, type Sql } from '../../sql/tree.ts';
import type { Value } from '../../lower/value.ts';
import type { ScalarCall, ScalarFunction } from '../types.ts';
import { BROWSERS, DEVICES, SYSTEMS, type AgentPattern } from './agents.ts';

interface Target {
  readonly key: string;
  readonly fields: readonly string[];
  readonly patterns: readonly AgentPattern[];
}

/** What can be looked for, in the order of the answer. */
const TARGETS: Readonly<Record<string, Target>> = {
  browser: { key: 'Browser', fields: ['Family', 'MajorVersion', 'MinorVersion', 'Patch'], patterns: BROWSERS },
  os: {
    key: 'OperatingSystem',
    fields: ['Family', 'MajorVersion', 'MinorVersion', 'Patch', 'PatchMinor'],
    patterns: SYSTEMS,
  },
  device: { key: 'Device', fields: ['Family', 'Brand', 'Model'], patterns: DEVICES },
};

const joined = (parts: readonly Sql[]): Sql => {
  const [only = constant('')] = parts;
  return parts.length > 1 ? call('concat', ...parts) : only;
};

/** A part of a pattern's answer: `$1` is the first group. */
function part(template: string, groups: Sql): Sql {
  const pieces = template.split(/(\$\d)/).filter((piece) => piece !== '');
  return joined(
    pieces.map((piece) =>
      /^\$\d$/.test(piece) ? call('arrayElement', groups, constant(Number(piece.slice(1)))) : constant(piece),
    ),
  );
}

/** The parts that a pattern finds, as an array of texts. */
function found(agent: Sql, [regex, ...parts]: AgentPattern, size: number): Sql {
  const all = Array.from({ length: size }, (_, index) => parts[index] ?? `$${index}`);
  if (all.every((template) => !template.includes('$'))) return call('array', ...all.map((word) => constant(word)));
  return once([call('extractGroups', agent, literal('String', regex))], (groups) =>
    call('array', ...all.map((template) => part(template, groups))),
  );
}

function described(agent: Sql, { key, fields, patterns }: Target): Sql {
  const branches = patterns.flatMap((pattern) => [
    call('match', agent, literal('String', pattern[0])),
    found(agent, pattern, fields.length),
  ]);
  const other = call('array', constant('Other'), ...fields.slice(1).map(() => constant('')));
  return once([call('multiIf', ...branches, other)], (texts) =>
    joined([
      ...fields.flatMap((field, index) => [
        constant(`${index === 0 ? `"${key}":{` : ','}"${field}":`),
        jsonString(call('arrayElement', texts, constant(index + 1))),
      ]),
      constant('}'),
    ]),
  );
}

/** The constant second argument: one name or an array of names. */
function wanted(argument: Value): readonly string[] | undefined {
  if (typeof argument.constant !== 'string') return undefined;
  if (argument.type === 'string') return [argument.constant];
  const names: unknown = JSON.parse(argument.constant);
  return (Array.isArray(names) ? names : [names]).map(String);
}

function parseUserAgent(of: ScalarCall): Sql | Value {
  const names = wanted(of.arg(1))?.map((name) => name.toLowerCase());
  if (names === undefined) return of.refuse('GHQ020', 'What parse_user_agent() looks for must be a constant.');
  if (names.length === 0 || !names.every((name) => Object.hasOwn(TARGETS, name)))
    return of.refuse('GHQ021', "parse_user_agent() looks for 'browser', 'os' and 'device'.");
  const targets = Object.entries(TARGETS).filter(([name]) => names.includes(name));
  return once([of.sql(0)], (agent) =>
    joined([
      constant('{'),
      ...targets.flatMap(([, target], index) => [constant(index === 0 ? '' : ','), described(agent, target)]),
      constant('}'),
    ]),
  );
}

const EDGE =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1';
const GALAXY =
  'Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.1.2 Mobile Safari/537.36';

const versions = (Family: string, MajorVersion = '', MinorVersion = '', Patch = '') => ({
  Family,
  MajorVersion,
  MinorVersion,
  Patch,
});

/** What a user agent says of the browser, the system and the device. */
export const USER_AGENT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_user_agent',
    summary: 'The browser, the operating system and the device that a user agent names; Other where none is known.',
    takes: ['string', 'any'],
    nulls: 'never',
    differs:
      'The list of patterns is our own: the common browsers, systems, devices, bots and sign-in clients. What is looked for must be a constant.',
    lower: parseUserAgent,
    examples: [
      [`parse_user_agent('${EDGE}', 'browser')`, { Browser: versions('Edge', '120', '0', '2210') }],
      [`parse_user_agent('${EDGE}', 'os')`, { OperatingSystem: { ...versions('Windows', '10'), PatchMinor: '' } }],
      [`parse_user_agent('${EDGE}', 'device')`, { Device: { Family: 'Other', Brand: '', Model: '' } }],
      [
        `parse_user_agent('${IPHONE}', dynamic(['device', 'os', 'browser']))`,
        {
          Browser: versions('Mobile Safari', '17', '1'),
          OperatingSystem: { ...versions('iOS', '17', '1', '2'), PatchMinor: '' },
          Device: { Family: 'iPhone', Brand: 'Apple', Model: 'iPhone' },
        },
      ],
      [
        `parse_user_agent('${GALAXY}', dynamic(['browser', 'device']))`,
        {
          Browser: versions('Chrome Mobile', '112', '0', '1'),
          Device: { Family: 'Samsung SM-S901B', Brand: 'Samsung', Model: 'SM-S901B' },
        },
      ],
      [
        `parse_user_agent('python-requests/2.31.0', 'browser')`,
        { Browser: versions('Python Requests', '2', '31', '0') },
      ],
      [
        `parse_user_agent('Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko', dynamic(['browser']))`,
        { Browser: versions('IE', '11', '0') },
      ],
      [`parse_user_agent('', 'browser')`, { Browser: versions('Other') }],
    ],
  },
];
