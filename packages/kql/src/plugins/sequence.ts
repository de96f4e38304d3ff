import { columnValue } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { value } from '../lower/value.ts';
import { classOf } from '../parser/kusto.ts';
import type { Expression, NameNode } from '../parser/syntax.ts';
import { Chain } from '../relation/chain.ts';
import type { Table } from '../relation/tree.ts';
import { call, column, constant, every, lambda, type Sql } from '../sql/tree.ts';
import { answer, isColumn, nothing, sure } from './events.ts';
import { Timeline } from './timeline.ts';
import type { Plugin, PluginCall } from './types.ts';

/** Steps of one sequence: each multiplies the rows that there may be. */
const MOST_STEPS = 16;

/** A step is a condition; what is not is a column that sequences are told apart by. */
function isStep(node: Expression, plugin: PluginCall, timeline: string, input: Table): boolean {
  if (classOf(node) === 'SimpleNamedExpression' || !isColumn(node, input)) return true;
  return plugin.resultColumns.some((entry) => entry.name === `${node.SimpleName}_${timeline}`);
}

/** The arguments after the first three in their order, named or not. */
function laterArguments(plugin: PluginCall): readonly Expression[] {
  const list = plugin.node.ArgumentList.Expressions;
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index).Element$1).slice(3);
}

/**
 * Every way in which the conditions hold one after the other, each later than the one before and within the bounds. The moments of a
 * step are kept once, so a sequence is one row however many rows have its moments.
 */
const sequenceDetect: Plugin = {
  name: 'sequence_detect',
  summary: 'Sequences of steps, each a condition, within a time.',
  differs: 'Each step is later than the one before: two rows of one moment are no sequence.',
  lower: (plugin, input, context) => {
    const node = plugin.argument('TimelineColumn', 0);
    const moment = node && plugin.column(node);
    const timeline = moment && Timeline.of(moment.type, plugin, context);
    const [gap, span] = [timeline?.length('MaxSequenceStepWindow', 1), timeline?.length('MaxSequenceSpan', 2)];
    if (!moment || !timeline || !gap || !span) return nothing(plugin, context);
    const rest = laterArguments(plugin);
    const steps = rest.filter((entry) => isStep(entry, plugin, moment.name, input));
    const dimensions = rest.filter((entry) => !steps.includes(entry)).map((entry) => plugin.column(entry as NameNode));
    if (steps.length > MOST_STEPS || steps.length === 0) {
      plugin.refuse('GHQ021', `sequence_detect() takes 1 to ${MOST_STEPS} steps.`);
      return nothing(plugin, context);
    }
    const conditions = steps.map((entry) => convert(context.scalar(entry), 'bool'));
    const known = dimensions.filter((entry) => entry !== undefined);
    if (conditions.includes(undefined) || known.length < dimensions.length) return nothing(plugin, context);
    const chain = new Chain(input.relation, () => context.session.newColumn());
    if (moment.nullable) chain.filter(call('isNotNull', column(moment.id)));
    const at = chain.add(timeline.number(sure(column(moment.id))));
    const places = chain.aggregate(
      known.map((entry) => column(entry.id)),
      conditions.map((entry) =>
        call('arraySort', call('groupUniqArrayIf', at, call('ifNull', entry?.sql ?? constant(0), constant(0)))),
      ),
    );
    const moments = walk(chain, places.values, gap, span);
    const [first, last] = [moments[0] ?? at, moments.at(-1) ?? at];
    const length = call('minus', last, first);
    const type = timeline.type === 'datetime' ? 'timespan' : timeline.type === 'int' ? 'long' : timeline.type;
    return answer(plugin, { chain }, [
      ...known.map((entry, order) => ({ ...columnValue(entry), sql: places.keys[order] ?? at })),
      ...moments.map((entry) => value(timeline.moment(entry), timeline.type, false)),
      value(length, type, false),
    ]);
  },
  examples: [
    [
      `datatable(t: datetime, who: string, what: string) [datetime(2026-03-01 10:00), 'a', 'in', datetime(2026-03-01 10:05), 'a', 'out', datetime(2026-03-01 10:05), 'b', 'out',
        datetime(2026-03-01 10:20), 'a', 'out', datetime(2026-03-01 12:00), 'a', 'out', datetime(2026-03-01 10:00), 'a', 'in']
       | evaluate sequence_detect(t, 1h, 1h, came = (what == 'in'), left = (what == 'out'), who)`,
      [
        ['a', '2026-03-01T10:00:00.0000000Z', '2026-03-01T10:05:00.0000000Z', '00:05:00'],
        ['a', '2026-03-01T10:00:00.0000000Z', '2026-03-01T10:20:00.0000000Z', '00:20:00'],
      ],
    ],
    [
      `datatable(t: datetime, n: int) [datetime(2026-03-01 10:00), 1, datetime(2026-03-01 10:10), 2, datetime(2026-03-01 10:20), 3, datetime(2026-03-01 10:21), 1]
       | evaluate sequence_detect(t, 10m, 15m, a = n == 1, b = n == 2, c = n == 3)`,
      [],
    ],
    [
      `datatable(t: datetime, n: int, g: string) [datetime(2026-03-01 10:00), 1, 'x', datetime(2026-03-01 10:10), 2, 'x', datetime(2026-03-01 10:20), 3, 'y']
       | evaluate sequence_detect(t, 10m, 20m, a = n == 1, b = n == 2, c = n == 3)`,
      [['2026-03-01T10:00:00.0000000Z', '2026-03-01T10:10:00.0000000Z', '2026-03-01T10:20:00.0000000Z', '00:20:00']],
    ],
  ],
};

/** One row for each way through the steps: from a moment on to each that is late enough and not too late. */
function walk(chain: Chain, steps: readonly Sql[], gap: Sql, span: Sql): readonly Sql[] {
  const moments: Sql[] = [];
  for (const step of steps) {
    const [first, before] = [moments[0], moments.at(-1)];
    const reached =
      first === undefined || before === undefined
        ? step
        : call(
            'arrayFilter',
            lambda((each) =>
              every([
                call('greater', each, before),
                call('lessOrEquals', call('minus', each, before), gap),
                call('lessOrEquals', call('minus', each, first), span),
              ]),
            ),
            step,
          );
    moments.push(...chain.unnest(reached));
  }
  return moments;
}

/** Steps one after the other. */
export const SEQUENCE_PLUGINS: readonly Plugin[] = [sequenceDetect];
