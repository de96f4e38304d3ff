import type { Operator } from '../types.ts';
import { makeGraph } from './make.ts';
import { match } from './match.ts';
import { GRAPH_TABLES } from './tables.ts';

const graphMatch: Operator<'GraphMatchOperator'> = {
  node: 'GraphMatchOperator',
  names: ['graph-match'],
  summary: 'Rows for every place where a pattern of nodes and edges is found in a graph.',
  page: 'graph-match-operator',
  ofGraph: true,
  lower: (node, input, context) => match(node, input, context, false),
};

const shortestPaths: Operator<'GraphShortestPathsOperator'> = {
  node: 'GraphShortestPathsOperator',
  names: ['graph-shortest-paths'],
  summary: 'Rows for the shortest paths between nodes of a graph.',
  page: 'graph-shortest-paths-operator',
  ofGraph: true,
  lower: (node, input, context) => match(node, input, context, true),
};

/** Graphs: made of rows, searched by patterns, made rows again. Source: KQL documentation, "Graph operators". */
export const GRAPHS = [makeGraph, graphMatch, shortestPaths, ...GRAPH_TABLES] as const;
