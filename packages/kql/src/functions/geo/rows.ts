import type { Sql } from '../../sql/tree.ts';
import type { ScalarFunction } from '../types.ts';
import type { Toolbox } from './formula.ts';

/** A row whose SQL is a formula of the arguments; arguments that a call leaves out are these. */
export function formulaRow(
  tools: Toolbox,
  formula: string,
  row: Omit<ScalarFunction, 'lower' | 'nulls'> & { readonly nulls?: ScalarFunction['nulls'] },
  defaults: readonly Sql[] = [],
): ScalarFunction {
  return {
    nulls: 'may',
    ...row,
    lower: (of) => {
      const rest = defaults.slice(defaults.length - Math.max(0, row.takes.length - of.count));
      return tools.apply(
        formula,
        ...of.args.map((argument) => argument.sql),
        ...(of.count < row.takes.length ? rest : []),
      );
    },
  };
}
