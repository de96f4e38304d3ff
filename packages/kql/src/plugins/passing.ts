import { call, column, literal } from '../sql/tree.ts';
import type { Plugin } from './types.ts';

/** Plugins that give the table as it is, a part of it, or how large it is. */
export const PASSING_PLUGINS: readonly Plugin[] = [
  {
    name: 'identity',
    summary: 'The table as it is.',
    lower: (_call, input) => input,
    examples: [['datatable(x: long) [1, 2] | evaluate identity() | sort by x asc', [[1], [2]]]],
  },
  {
    name: 'preview',
    summary: 'The first rows of the table.',
    differs: 'Kusto answers with a second table that holds the number of rows; here an answer is one table.',
    lower: (plugin, input, context) => {
      const wanted = plugin.constant('NumberOfRows', 0);
      if (typeof wanted !== 'bigint' || wanted < 0n) {
        plugin.refuse('GHQ021', 'preview() takes a number of rows.');
        return input;
      }
      context.session.spend(plugin.node);
      const relation = {
        kind: 'limit',
        input: input.relation,
        order: input.order,
        count: literal('UInt64', wanted),
      } as const;
      return { ...input, relation };
    },
    examples: [
      ['datatable(x: long) [3, 1, 2] | sort by x asc | evaluate preview(2)', [[1], [2]]],
      ['datatable(x: long) [3, 1, 2] | evaluate preview(0)', []],
    ],
  },
  {
    name: 'estimate_rows_count',
    summary: 'How many rows the table has.',
    differs: 'The number is exact.',
    page: 'estimate-rows-count-plugin',
    lower: (plugin, input, context) => {
      const id = context.session.newColumn();
      const converted = context.session.newColumn();
      const name = plugin.resultColumns[0]?.name ?? 'EstimatedRowsCount';
      return {
        relation: {
          kind: 'compute',
          input: { kind: 'aggregate', input: input.relation, keys: [], values: [{ id, value: call('count') }] },
          columns: [{ id: converted, value: call('toInt64', column(id)) }],
        },
        columns: [{ id: converted, name, type: 'long', nullable: false }],
        order: [],
      };
    },
    examples: [
      ['datatable(x: long) [3, 1, 2] | evaluate estimate_rows_count()', [[3]]],
      ['datatable(x: long) [] | evaluate estimate_rows_count()', [[0]]],
    ],
  },
];
