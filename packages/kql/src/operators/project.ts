import { invariant } from '../invariant.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, type Expression, type ExpressionNodes, type NameNode } from '../parser/syntax.ts';
import { computed } from '../lower/context.ts';
import { rowPlace } from '../lower/row.ts';
import { nameTest } from '../lower/wildcard.ts';
import { findColumn, type Column } from '../relation/tree.ts';
import { namedValues, resultNames } from './named.ts';
import type { Operator } from './types.ts';

const project: Operator<'ProjectOperator'> = {
  node: 'ProjectOperator',
  names: ['project'],
  summary: 'The columns listed, renamed or computed.',
  page: 'project-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const names = resultNames(node);
    const place = rowPlace(context, input);
    const values = elements(node.Expressions)
      .flatMap((expression) => namedValues(expression, place.inside))
      .map((value, index) => ({ ...value, name: names[index] ?? '' }));
    const { table, columns } = computed(context, place.table(), values);
    return { ...table, columns };
  },
};

/** A pattern of `project-away` and its kin: a name, or a name with stars. */
const matches = (pattern: Expression): ((name: string) => boolean) => nameTest((pattern as NameNode).SimpleName);

const away: Operator<'ProjectAwayOperator'> = {
  node: 'ProjectAwayOperator',
  names: ['project-away'],
  summary: 'All columns but those listed.',
  page: 'project-away-operator',
  perSubtable: true,
  lower: (node, input) => {
    const patterns = elements(node.Expressions).map(matches);
    return { ...input, columns: input.columns.filter((column) => !patterns.some((matching) => matching(column.name))) };
  },
};

const keep: Operator<'ProjectKeepOperator'> = {
  node: 'ProjectKeepOperator',
  names: ['project-keep'],
  summary: 'Only the columns listed, in their own order.',
  page: 'project-keep-operator',
  perSubtable: true,
  lower: (node, input) => {
    const patterns = elements(node.Expressions).map(matches);
    return { ...input, columns: input.columns.filter((column) => patterns.some((matching) => matching(column.name))) };
  },
};

const rename: Operator<'ProjectRenameOperator'> = {
  node: 'ProjectRenameOperator',
  names: ['project-rename'],
  summary: 'Columns under other names.',
  page: 'project-rename-operator',
  perSubtable: true,
  lower: (node, input) => {
    const names = new Map(
      elements(node.Expressions).map((expression) => {
        const named = expression as ExpressionNodes['SimpleNamedExpression'];
        return [(named.Expression as NameNode).SimpleName, named.Name.SimpleName] as const;
      }),
    );
    return {
      ...input,
      columns: input.columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name })),
    };
  },
};

/** The binder knows the order, also of stars with asc, desc, granny-asc; the columns are the input's. */
const reorder: Operator<'ProjectReorderOperator'> = {
  node: 'ProjectReorderOperator',
  names: ['project-reorder'],
  summary: 'The columns listed first.',
  page: 'project-reorder-operator',
  perSubtable: true,
  lower: (node, input) => {
    const columns = resultNames(node).map((name): Column => {
      const column = findColumn(input, name);
      invariant(column, `project-reorder keeps ${name}`);
      return column;
    });
    return { ...input, columns };
  },
};

/** Names as texts, in arrays of texts, and with stars; one that no column has is left out, one met twice stands once. */
const byNames: Operator<'ProjectByNamesOperator'> = {
  node: 'ProjectByNamesOperator',
  names: ['project-by-names'],
  summary: 'The columns whose names are given as texts.',
  page: 'project-by-names-operator',
  perSubtable: true,
  lower: (node, input, context) => {
    const inside = context.with({ row: undefined });
    const wanted = elements(node.Expressions).flatMap((expression): readonly string[] => {
      const { type, constant } = inside.scalar(expression);
      const names: unknown = type === 'dynamic' && typeof constant === 'string' ? JSON.parse(constant) : constant;
      const list = Array.isArray(names) ? names : [names];
      if (list.every((name) => typeof name === 'string')) return list;
      context.session.report('GHQ020', 'project-by-names takes constant texts and arrays of texts.', expression);
      return [];
    });
    const columns = wanted.flatMap((name) => input.columns.filter((column) => nameTest(name)(column.name)));
    return { ...input, columns: [...new Set(columns)] };
  },
};

export const PROJECTIONS = [project, away, keep, rename, reorder, byNames] as const;

export function isStar(node: Expression): boolean {
  return classOf(node) === 'StarExpression';
}
