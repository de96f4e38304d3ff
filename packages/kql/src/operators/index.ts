import { count } from './count.ts';
import { datatable } from './datatable.ts';
import { distinct } from './distinct.ts';
import { externaldata } from './externaldata.ts';
import { evaluate, evaluateSource } from './evaluate.ts';
import { extend } from './extend.ts';
import { GRAPHS } from './graph/index.ts';
import { JOINS } from './join.ts';
import { makeSeries } from './make-series.ts';
import { mvApply } from './mv-apply.ts';
import { mvExpand } from './mv-expand.ts';
import { parseKv } from './parse-kv.ts';
import { PARSERS } from './parse.ts';
import { partition } from './partition.ts';
import { PLAIN } from './plain.ts';
import { print } from './print.ts';
import { PROJECTIONS } from './project.ts';
import { find } from './find.ts';
import { range } from './range.ts';
import { reduce } from './reduce.ts';
import { search, searchSource } from './search.ts';
import { scan } from './scan.ts';
import { ORDERINGS } from './sort.ts';
import { summarize } from './summarize.ts';
import { VALUES } from './top-hitters.ts';
import { topNested } from './top-nested.ts';
import type { Operator, Source } from './types.ts';
import { union, unionSource } from './union.ts';
import { where } from './where.ts';

/** Every operator after a pipe. A new one is a file and a line here. */
export const OPERATORS: readonly Pick<Operator, 'node' | 'names' | 'summary' | 'page'>[] = [
  where,
  extend,
  ...PROJECTIONS,
  summarize,
  ...ORDERINGS,
  topNested,
  ...VALUES,
  reduce,
  distinct,
  count,
  union,
  search,
  ...JOINS,
  mvExpand,
  mvApply,
  partition,
  scan,
  makeSeries,
  evaluate,
  ...PARSERS,
  parseKv,
  ...PLAIN,
  ...GRAPHS,
];

/** Every expression that begins a pipe, beside names, calls and parentheses. */
export const SOURCES: readonly Pick<Source, 'node' | 'names' | 'summary' | 'page'>[] = [
  datatable,
  print,
  range,
  unionSource,
  evaluateSource,
  searchSource,
  find,
  externaldata,
];

const OPERATOR_BY_NODE = new Map(OPERATORS.map((operator) => [operator.node as string, operator]));
const SOURCE_BY_NODE = new Map(SOURCES.map((source) => [source.node as string, source]));

/** The operator of a syntax node's class. Its `lower` takes that class of node: the table's key is the proof. */
export function operatorOf(className: string): AnyOperator | undefined {
  return OPERATOR_BY_NODE.get(className) as AnyOperator | undefined;
}

export function sourceOf(className: string): AnySource | undefined {
  return SOURCE_BY_NODE.get(className) as AnySource | undefined;
}

export type AnyOperator = Omit<Operator, 'lower'> & {
  readonly lower: (node: never, ...rest: LowerRest<Operator['lower']>) => ReturnType<Operator['lower']>;
};
export type AnySource = Omit<Source, 'lower'> & {
  readonly lower: (node: never, ...rest: LowerRest<Source['lower']>) => ReturnType<Source['lower']>;
};
type LowerRest<Lower> = Lower extends (node: never, ...rest: infer Rest) => unknown ? Rest : never;
