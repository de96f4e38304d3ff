import type { KqlType } from '../catalogue.ts';
import type { Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { anchoredTicks } from '../lower/text.ts';
import { datetimeToTicks, ticksToDatetime, value, type Value } from '../lower/value.ts';
import type { Expression } from '../parser/syntax.ts';
import { EPOCH_TICKS } from '../storage.ts';
import { call, constant, literal, type Sql } from '../sql/tree.ts';
import type { PluginCall } from './types.ts';

/** Bins of a timeline, by number: what the activity plugins count in. */
export interface Bins {
  /** The bin of a moment, which is a column. */
  index(moment: Sql): Sql;
  /** Where a bin begins, in the timeline's own type. */
  begin(index: Sql): Sql;
}

/** A column that orders events: moments or numbers. */
export class Timeline {
  readonly type: KqlType;
  readonly #plugin: PluginCall;
  readonly #context: Context;

  private constructor(type: KqlType, plugin: PluginCall, context: Context) {
    this.type = type;
    this.#plugin = plugin;
    this.#context = context.with({ row: undefined });
  }

  static of(type: KqlType, plugin: PluginCall, context: Context): Timeline | undefined {
    if (type === 'datetime' || type === 'timespan' || type === 'int' || type === 'long' || type === 'real')
      return new Timeline(type, plugin, context);
    plugin.refuse('GHQ022', `${plugin.node.Name.SimpleName}'s timeline is of moments or numbers, not ${type}.`);
    return undefined;
  }

  /** A moment as a number: ticks since 1970 of a datetime. */
  number(moment: Sql): Sql {
    if (this.type === 'datetime') return datetimeToTicks(moment);
    return this.type === 'int' ? call('toInt64', moment) : moment;
  }

  /** A number as a moment. */
  moment(number: Sql): Sql {
    if (this.type === 'datetime') return ticksToDatetime(call('toInt64', number));
    return this.type === 'real' ? call('toFloat64', number) : call(this.type === 'int' ? 'toInt32' : 'toInt64', number);
  }

  /** The moment a length before a moment. */
  earlier(moment: Sql, length: Sql): Sql {
    return this.moment(call('minus', this.number(moment), length));
  }

  /** An argument that is a moment of this timeline. */
  point(name: string, index: number): Value | undefined {
    const given = this.#given(name, index);
    if (given === undefined) return undefined;
    const converted = convert(given.value, this.type);
    if (converted === undefined || !COMPARABLE[this.type].includes(given.value.type)) {
      this.#plugin.refuse('GHQ022', `${name} is a ${given.value.type}, the timeline a ${this.type}.`, given.node);
      return undefined;
    }
    return converted;
  }

  /** An argument that is a length on this timeline: ticks, or numbers. */
  length(name: string, index: number): Sql | undefined {
    const given = this.#given(name, index);
    if (given === undefined) return undefined;
    const wanted: KqlType = this.type === 'datetime' ? 'timespan' : this.type === 'int' ? 'long' : this.type;
    const converted = COMPARABLE[wanted].includes(given.value.type) ? convert(given.value, wanted) : undefined;
    if (converted === undefined) {
      this.#plugin.refuse('GHQ022', `${name} is a ${given.value.type}, the timeline a ${this.type}.`, given.node);
      return undefined;
    }
    const { constant: known } = given.value;
    if ((typeof known === 'bigint' || typeof known === 'number') && !(known > 0)) {
      this.#plugin.refuse('GHQ021', `${name} must be greater than zero.`, given.node);
      return undefined;
    }
    return converted.sql;
  }

  /** Bins of a length from a moment on (without one, from Kusto's zero), or of the calendar: 'week', 'month', 'year'. */
  bins(name: string, index: number, from: Sql | undefined): Bins | undefined {
    const unit = this.unit(name, index);
    if (unit !== undefined) return CALENDAR[unit];
    const step = this.length(name, index);
    return step && this.regular(step, from);
  }

  /** The calendar's unit where the argument names one. */
  unit(name: string, index: number): keyof typeof CALENDAR | undefined {
    const given = this.#given(name, index)?.value.constant;
    if (typeof given !== 'string' || this.type !== 'datetime' || !Object.hasOwn(CALENDAR, given)) return undefined;
    return given as keyof typeof CALENDAR;
  }

  regular(step: Sql, from: Sql | undefined): Bins {
    const zero = this.type === 'datetime' ? literal('Int64', -EPOCH_TICKS) : constant(0);
    const start = from === undefined ? zero : this.number(from);
    if (this.type === 'real')
      return {
        index: (moment) => call('toInt64', call('floor', call('divide', call('minus', moment, start), step))),
        begin: (number) => call('plus', start, call('multiply', number, step)),
      };
    return {
      index: (moment) => {
        const since = call('minus', this.number(moment), start);
        return call('toInt64', call('intDiv', call('minus', since, call('positiveModulo', since, step)), step));
      },
      begin: (number) => this.moment(call('plus', start, call('multiply', number, step))),
    };
  }

  #given(name: string, index: number): { readonly node: Expression; readonly value: Value } | undefined {
    const node = this.#plugin.argument(name, index);
    return node && { node, value: this.#context.scalar(node) };
  }
}

const WHOLE: readonly KqlType[] = ['int', 'long'];
const NUMBER: readonly KqlType[] = ['int', 'long', 'real', 'decimal'];
const COMPARABLE: Readonly<Record<KqlType, readonly KqlType[]>> = {
  datetime: ['datetime'],
  timespan: ['timespan'],
  int: WHOLE,
  long: WHOLE,
  real: NUMBER,
  decimal: NUMBER,
  bool: [],
  string: [],
  guid: [],
  dynamic: [],
};

const date = (year: Sql, month: Sql): Sql =>
  call('makeDateTime64', year, month, ...[1, 0, 0, 0, 0, 7].map(constant), constant('UTC'));
const WEEK = constant(6_048_000_000_000);
const DAY = constant(864_000_000_000);

/** Weeks begin on Sundays. */
const CALENDAR = {
  week: {
    index: (moment) => call('toInt64', call('intDiv', call('plus', anchoredTicks(moment), DAY), WEEK)),
    begin: (number) =>
      ticksToDatetime(call('minus', call('multiply', number, WEEK), call('plus', DAY, literal('Int64', EPOCH_TICKS)))),
  },
  month: {
    index: (moment) =>
      call(
        'toInt64',
        call(
          'plus',
          call('multiply', call('toYear', moment), constant(12)),
          call('minus', call('toMonth', moment), constant(1)),
        ),
      ),
    begin: (number) =>
      date(call('intDiv', number, constant(12)), call('plus', call('modulo', number, constant(12)), constant(1))),
  },
  year: {
    index: (moment) => call('toInt64', call('toYear', moment)),
    begin: (number) => date(number, constant(1)),
  },
} as const satisfies Readonly<Record<string, Bins>>;

/** A whole number of the query's text, within bounds. */
export function wholeNumber(
  plugin: PluginCall,
  name: string,
  index: number,
  [least, most]: readonly [number, number],
): number | undefined {
  const node = plugin.argument(name, index);
  const given = plugin.constant(name, index);
  const number = typeof given === 'bigint' ? Number(given) : NaN;
  if (node !== undefined && given !== undefined && !(number >= least && number <= most)) {
    plugin.refuse('GHQ021', `${name} is a whole number from ${least} to ${most}.`, node);
    return undefined;
  }
  return Number.isNaN(number) ? undefined : number;
}

export function long(sql: Sql): Value {
  return value(sql, 'long', false);
}
