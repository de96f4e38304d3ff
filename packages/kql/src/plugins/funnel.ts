import { columnValue, type Context } from '../lower/context.ts';
import { convert, jsonArray } from '../lower/convert.ts';
import { constantElements } from '../lower/membership.ts';
import { constantValue, value, type Value } from '../lower/value.ts';
import { readTimespan } from '../parser/literals.ts';
import type { Column, Table } from '../relation/tree.ts';
import { call, column, constant, every, lambda, parametric, type Sql } from '../sql/tree.ts';
import { answer, eventsOf, keepBetween, nothing, sure, type Events } from './events.ts';
import type { Bins, Timeline } from './timeline.ts';
import { long } from './timeline.ts';
import type { Plugin, PluginCall } from './types.ts';

/** Steps of a funnel and lengths it is looked at with. */
const [MOST_STEPS, MOST_PERIODS, MOST_SAMPLES] = [32, 32, 128];

interface Funnel {
  readonly events: Events;
  readonly timeline: Timeline;
  readonly from: Value;
  readonly to: Value;
  readonly bins: Bins;
  readonly state: Column;
  readonly sequence: readonly Value[];
}

/** The arguments that both plugins have; the places of the bin, the state and the sequence differ. */
function funnelOf(
  plugin: PluginCall,
  input: Table,
  context: Context,
  [step, state, sequence]: readonly [number, number, number],
): Funnel | undefined {
  const events = eventsOf(plugin, input, context, []);
  const timeline = events?.timeline;
  const [from, to] = [timeline?.point('Start', 2), timeline?.point('End', 3)];
  const bins = timeline?.bins('Step', step, from?.sql);
  const node = plugin.argument('StateColumn', state);
  const column_ = node && plugin.column(node);
  const values = list(plugin, context, 'Sequence', sequence, MOST_STEPS);
  const wanted = values?.map((entry) => column_ && convert(entry, column_.type));
  if (timeline?.type === 'real') plugin.refuse('GHQ022', 'A funnel has a timeline of moments or whole numbers.');
  if (!events || !timeline || !from || !to || !bins || !column_ || !wanted || timeline.type === 'real')
    return undefined;
  return { events, timeline, from, to, bins, state: column_, sequence: wanted.filter((entry) => entry !== undefined) };
}

/** The elements of a constant array. */
function list(
  plugin: PluginCall,
  context: Context,
  name: string,
  index: number,
  most: number,
): readonly Value[] | undefined {
  const node = plugin.argument(name, index);
  if (node === undefined) return undefined;
  const elements = constantElements(context.with({ row: undefined }).scalar(node));
  if (elements !== undefined && elements.length > 0 && elements.length <= most) return elements;
  const [code, words] =
    elements === undefined ? (['GHQ020', 'a constant array'] as const) : (['GHQ021', `1 to ${most} values`] as const);
  plugin.refuse(code, `${plugin.node.Name.SimpleName}'s ${name} must be ${words}.`, node);
  return undefined;
}

/** How far users come through the steps of a sequence within each of some lengths of time. */
const completion: Plugin = {
  name: 'funnel_sequence_completion',
  summary: 'How many users reach each step of a sequence within each of some lengths of time.',
  differs: 'Two steps of one moment count as one after the other; other states may lie between them.',
  lower: (plugin, input, context) => {
    const funnel = funnelOf(plugin, input, context, [4, 5, 6]);
    const given = list(plugin, context, 'MaxSequenceStepWindows', 7, MOST_PERIODS);
    const periods = given?.map((entry) => periodOf(entry, funnel?.timeline));
    if (periods?.includes(undefined))
      plugin.refuse('GHQ022', 'The lengths of time are timespans, or numbers where the timeline is numbers.');
    if (!funnel || !periods || periods.includes(undefined)) return nothing(plugin, context);
    const lengths = periods.filter((entry) => entry !== undefined);
    const { events, timeline, from, to, bins, state, sequence } = funnel;
    const { chain, id } = events;
    keepBetween(events, from.sql, to.sql);
    const moment = sure(events.moment);
    const since = call('toUInt64', call('minus', timeline.number(moment), timeline.number(from.sql)));
    const [bin, at] = chain.compute(bins.index(moment), since) as [Sql, Sql];
    const conditions = sequence.map((entry) =>
      call('ifNull', call('equals', column(state.id), entry.sql), constant(0)),
    );
    const levels = lengths.map((entry) => parametric('windowFunnel', [Number(entry.constant)], at, ...conditions));
    const users = chain.aggregate([bin, id], levels);
    const reached = users.values.flatMap((level) =>
      sequence.map((_, order) => call('toInt64', call('countIf', call('greaterOrEquals', level, constant(order + 1))))),
    );
    const counts = chain.aggregate([users.keys[0] ?? bin], reached);
    const [start = bin] = counts.keys;
    const pairs = lengths.flatMap((length) => sequence.map((entry) => [length, entry] as const));
    const [order, length, name, amount] = chain.unnest(
      call('range', constant(pairs.length)),
      call('array', ...pairs.map(([entry]) => entry.sql)),
      call('array', ...pairs.map(([, entry]) => entry.sql)),
      call('array', ...counts.values),
    );
    const table = answer(plugin, { chain, keys: 1 }, [
      value(bins.begin(start), timeline.type, false),
      value(name, state.type, false),
      value(length, lengths[0]?.type ?? 'timespan', false),
      long(amount),
    ]);
    return { ...table, order: [...table.order, { value: order, descending: false, nulls: 'first' }] };
  },
  examples: [
    [
      `datatable(who: string, t: datetime, s: string) ['a', datetime(2026-03-01 10:00), 'x', 'a', datetime(2026-03-01 10:30), 'y', 'a', datetime(2026-03-01 12:30), 'z',
        'b', datetime(2026-03-01 10:00), 'y', 'b', datetime(2026-03-01 11:00), 'x', 'c', datetime(2026-03-02 10:00), 'x', 'c', datetime(2026-03-02 10:10), 'w', 'c', datetime(2026-03-02 10:20), 'y']
       | evaluate funnel_sequence_completion(who, t, datetime(2026-03-01), datetime(2026-03-03), 1d, s, dynamic(['x', 'y', 'z']), dynamic([1h, 3h]))`,
      [
        ['2026-03-01T00:00:00.0000000Z', 'x', '01:00:00', 2],
        ['2026-03-01T00:00:00.0000000Z', 'y', '01:00:00', 1],
        ['2026-03-01T00:00:00.0000000Z', 'z', '01:00:00', 0],
        ['2026-03-01T00:00:00.0000000Z', 'x', '03:00:00', 2],
        ['2026-03-01T00:00:00.0000000Z', 'y', '03:00:00', 1],
        ['2026-03-01T00:00:00.0000000Z', 'z', '03:00:00', 1],
        ['2026-03-02T00:00:00.0000000Z', 'x', '01:00:00', 1],
        ['2026-03-02T00:00:00.0000000Z', 'y', '01:00:00', 1],
        ['2026-03-02T00:00:00.0000000Z', 'z', '01:00:00', 0],
        ['2026-03-02T00:00:00.0000000Z', 'x', '03:00:00', 1],
        ['2026-03-02T00:00:00.0000000Z', 'y', '03:00:00', 1],
        ['2026-03-02T00:00:00.0000000Z', 'z', '03:00:00', 0],
      ],
    ],
  ],
};

/** A timespan stands in a dynamic array as its text. */
function periodOf(entry: Value, timeline: Timeline | undefined): Value | undefined {
  const { constant: given } = entry;
  if (timeline?.type !== 'datetime' && timeline?.type !== 'timespan')
    return typeof given === 'bigint' && given > 0n ? entry : undefined;
  const ticks = typeof given === 'string' ? readTimespan(given) : undefined;
  return ticks === undefined || ticks <= 0n ? undefined : constantValue('timespan', ticks);
}

/** What comes before and after a sequence of states. States that repeat are one state. */
const sequence: Plugin = {
  name: 'funnel_sequence',
  summary: 'How many users come to a sequence of states from which state, and go on to which.',
  differs:
    "The first of Kusto's three tables: before, after and how many. The other two are sums of it: count the users by prev or by next.",
  lower: (plugin, input, context) => {
    const funnel = funnelOf(plugin, input, context, [5, 6, 7]);
    const gap = funnel?.timeline.length('MaxSequenceStepWindow', 4);
    if (!funnel || !gap) return nothing(plugin, context);
    const { events, timeline, from, to, bins, state } = funnel;
    const { chain, id } = events;
    keepBetween(events, from.sql, to.sql);
    const name = convert(columnValue(state), 'string') ?? columnValue(state);
    const wanted = funnel.sequence.map((entry) => (convert(entry, 'string') ?? entry).sql);
    const [at] = chain.compute(timeline.number(sure(events.moment))) as [Sql];
    const users = chain.aggregate([id], [call('arraySort', call('groupArray', call('tuple', at, name.sql)))]);
    const [who = id] = users.keys;
    const element = (of: Sql, place: Sql): Sql => call('arrayElement', of, place);
    const part = (of: Sql, place: number): Sql => call('tupleElement', of, constant(place));
    const plus = (of: Sql, number: number): Sql => call('plus', of, constant(number));
    const path = users.values[0];
    // Where a run of one state begins, and where the next one does.
    const [begins] = chain.compute(
      call(
        'arrayFilter',
        lambda((place) =>
          call(
            'or',
            call('equals', place, constant(1)),
            call('notEquals', part(element(path, place), 2), part(element(path, call('minus', place, constant(1))), 2)),
          ),
        ),
        call('arrayEnumerate', path),
      ),
    ) as [Sql];
    const [firsts, lasts, names, count] = chain.compute(
      call(
        'arrayMap',
        lambda((place) => part(element(path, place), 1)),
        begins,
      ),
      call(
        'arrayMap',
        lambda((next) => part(element(path, call('minus', next, constant(1))), 1)),
        call('arrayPushBack', call('arrayPopFront', begins), plus(call('length', path), 1)),
      ),
      call(
        'arrayMap',
        lambda((place) => part(element(path, place), 2)),
        begins,
      ),
      call('length', begins),
    ) as [Sql, Sql, Sql, Sql];
    const follows = (place: Sql): Sql =>
      call(
        'lessOrEquals',
        call('minus', element(firsts, place), element(lasts, call('minus', place, constant(1)))),
        gap,
      );
    const matches = lambda((place) =>
      every([
        call('lessOrEquals', plus(place, wanted.length - 1), count),
        ...wanted.flatMap((sql, order) => [
          call('equals', element(names, plus(place, order)), sql),
          ...(order === 0 ? [] : [follows(plus(place, order))]),
        ]),
      ]),
    );
    const [place] = chain.unnest(call('arrayFilter', matches, call('arrayEnumerate', begins)));
    const after = plus(place, wanted.length);
    const isBefore = call('and', call('greater', place, constant(1)), follows(place));
    const isAfter = call('and', call('lessOrEquals', after, count), follows(after));
    const none = constant('');
    const [bin, prev, next] = chain.compute(
      bins.index(timeline.moment(element(firsts, place))),
      call('if', isBefore, element(names, call('minus', place, constant(1))), none),
      call('if', isAfter, element(names, after), none),
    ) as [Sql, Sql, Sql];
    const type = input.columns.find((entry) => id.kind === 'column' && entry.id === id.id)?.type ?? 'string';
    const sample = convert(value(who, type, false), 'dynamic');
    const samples = call('arraySort', parametric('groupUniqArray', [MOST_SAMPLES], sample?.sql ?? who));
    const table = chain.aggregate([bin, prev, next], [call('toInt64', call('uniqExact', who)), jsonArray(samples)]);
    const [start = bin, before = prev, behind = next] = table.keys;
    const [amount, some] = table.values;
    return answer(plugin, { chain, keys: 3 }, [
      value(bins.begin(start), timeline.type, false),
      value(before, 'string', false),
      value(behind, 'string', false),
      long(amount),
      value(some, 'dynamic', false),
    ]);
  },
  examples: [
    [
      `datatable(who: string, t: long, s: string) ['a', 1, 'h', 'a', 2, 't', 'a', 3, 't', 'a', 4, 'w', 'b', 1, 't', 'c', 1, 'h', 'c', 5, 't', 'c', 6, 'w', 'd', 1, 'h', 'd', 50, 't']
       | evaluate funnel_sequence(who, t, 0, 99, 10, 100, s, dynamic(['t'])) | sort by prev asc, next asc`,
      [
        [0, '', '', 2, ['b', 'd']],
        [0, 'h', 'w', 2, ['a', 'c']],
      ],
    ],
    [
      `datatable(who: long, t: long, s: string) [1, 1, 'h', 1, 2, 't', 1, 3, 't', 1, 4, 'w', 2, 1, 'h', 2, 5, 't', 2, 6, 'w', 2, 7, 'h']
       | evaluate funnel_sequence(who, t, 0, 99, 10, 100, s, dynamic(['h', 't', 'w'])) | project prev, next, dcount, samples | sort by next asc`,
      [
        ['', '', 1, [1]],
        ['', 'h', 1, [2]],
      ],
    ],
  ],
};

/** How users go through states. */
export const FUNNEL_PLUGINS: readonly Plugin[] = [sequence, completion];
