import { datetimeToTicks, ticksToDatetime } from '../lower/value.ts';
import { jsonArray } from '../lower/convert.ts';
import { DAY, ticks } from '../scalar/days.ts';
import { call, cast, constant, literal, NULL, once, type Sql } from '../sql/tree.ts';
import type { ScalarCall, ScalarFunction } from './types.ts';
import { ZONE_NAMES } from './zone-names.ts';
import type { Value } from '../lower/value.ts';

/** The names as the engine spells them, by their small letters. */
const ZONES: ReadonlyMap<string, string> = new Map(ZONE_NAMES.map((name) => [name.toLowerCase(), name]));

/** The zone of an argument as the engine takes it, and whether it is one. */
interface Zone {
  readonly name: Sql;
  readonly known: Sql | undefined;
}

function zoneOf(of: ScalarCall): Zone | undefined {
  const zone = of.arg(1);
  if (typeof zone.constant === 'string') {
    const name = ZONES.get(zone.constant.toLowerCase());
    return name === undefined ? undefined : { name: literal('String', name), known: undefined };
  }
  const names = literal('Array(String)', ZONE_NAMES);
  return {
    name: call('if', call('has', names, zone.sql), zone.sql, constant('UTC')),
    known: call('has', names, zone.sql),
  };
}

/** The clock of a place at a moment, as ticks. */
const local = (moment: Sql, zone: Sql): Sql =>
  datetimeToTicks(call('toDateTime64', call('toString', ticksToDatetime(moment), zone), constant(7), constant('UTC')));
const offset = (moment: Sql, zone: Sql): Sql => call('minus', local(moment, zone), moment);

/**
 * The moment at which a place's clock shows a time. A time that the clock passes twice is the later one, in standard time;
 * one that it leaves out counts from the offset after the change.
 */
function toUtc(clock: Sql, zone: Sql): Sql {
  return once([clock, zone], (time, place) => {
    const before = offset(call('minus', time, ticks(DAY)), place);
    const after = offset(call('plus', time, ticks(DAY)), place);
    return once([time, place, before, after], (time2, place2, before2, after2) => {
      const early = call('minus', time2, call('greatest', before2, after2));
      const late = call('minus', time2, call('least', before2, after2));
      return call('if', call('equals', local(late, place2), time2), late, early);
    });
  });
}

function shifting(name: string, body: (ticks_: Sql, zone: Sql) => Sql): (of: ScalarCall) => Sql | Value {
  return (of) => {
    const zone = zoneOf(of);
    if (zone === undefined)
      return of.refuse(
        'GHQ021',
        `${name}() does not know the time zone '${String(of.arg(1).constant)}'; datetime_list_timezones() lists them.`,
      );
    const source = of.arg(0);
    const moment = datetimeToTicks(source.nullable ? call('assumeNotNull', source.sql) : source.sql);
    const shifted = ticksToDatetime(body(moment, zone.name));
    const tests = [
      ...(source.nullable ? [call('isNotNull', source.sql)] : []),
      ...(zone.known === undefined ? [] : [zone.known]),
    ];
    const [first, second] = tests;
    if (first === undefined) return shifted;
    return call(
      'if',
      second === undefined ? first : call('and', first, second),
      cast(shifted, "Nullable(DateTime64(7, 'UTC'))"),
      NULL,
    );
  };
}

/** Clocks of places. Source: KQL documentation, "datetime_local_to_utc()" and its neighbours. */
export const TIMEZONE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'datetime_local_to_utc',
    summary: "The moment at which a time zone's clock shows a time.",
    takes: ['datetime', 'string'],
    nulls: 'may',
    differs: 'Known for the years 1900 to 2299. Of a time that a clock shows twice the one in standard time is meant.',
    lower: shifting('datetime_local_to_utc', toUtc),
    examples: [
      ["datetime_local_to_utc(datetime(2020-02-02 20:02:20), 'US/Pacific')", '2020-02-03T04:02:20.0000000Z'],
      ["datetime_local_to_utc(datetime(2022-03-27 02:00), 'Europe/Brussels')", '2022-03-27T00:00:00.0000000Z'],
      ["datetime_local_to_utc(datetime(2022-03-27 01:00), 'Europe/Brussels')", '2022-03-27T00:00:00.0000000Z'],
      ["datetime_local_to_utc(datetime(2022-03-27 03:00), 'Europe/Brussels')", '2022-03-27T01:00:00.0000000Z'],
      [
        "datetime_local_to_utc(datetime(2022-10-30 02:30:00.1234567), 'Europe/Brussels')",
        '2022-10-30T01:30:00.1234567Z',
      ],
      ["datetime_local_to_utc(datetime(null), 'Europe/Paris')", null],
      ["datetime_local_to_utc(datetime(2020-02-02), tostring(dynamic(['Nowhere'])[0]))", null],
    ],
  },
  {
    name: 'datetime_utc_to_local',
    summary: 'What the clock of a time zone shows at a moment.',
    takes: ['datetime', 'string'],
    nulls: 'may',
    differs: 'Known for the years 1900 to 2299.',
    lower: shifting('datetime_utc_to_local', local),
    examples: [
      ["datetime_utc_to_local(datetime(2022-07-11 22:18:48.467862), 'US/Pacific')", '2022-07-11T15:18:48.4678620Z'],
      ["datetime_utc_to_local(datetime(2022-07-11 22:18:48), 'Australia/Canberra')", '2022-07-12T08:18:48.0000000Z'],
      [
        "datetime_utc_to_local(datetime(2022-01-11 22:00), tostring(dynamic(['Europe/Paris'])[0]))",
        '2022-01-11T23:00:00.0000000Z',
      ],
    ],
  },
  {
    name: 'datetime_list_timezones',
    summary: 'The time zones that are known.',
    takes: ['any'],
    nulls: 'never',
    lower: () =>
      jsonArray(
        literal(
          'Array(String)',
          ZONE_NAMES.map((name) => JSON.stringify(name)),
        ),
      ),
    examples: [['array_length(datetime_list_timezones()) > 400', true]],
  },
];
