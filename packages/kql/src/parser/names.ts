import { kusto } from './kusto.ts';
import type { Expression } from './syntax.ts';

interface Facts {
  readonly KustoFacts: { GetExpressionResultName(node: Expression, otherwise: string, row: null): string | null };
}

/** The column name that Kusto gives an expression without one; empty where it invents one (`Column1`, `print_0`). */
export function resultName(node: Expression): string {
  return (kusto as unknown as Facts).KustoFacts.GetExpressionResultName(node, '', null) ?? '';
}
