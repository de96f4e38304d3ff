import type { KqlType } from '../catalogue.ts';
import { classOf } from '../parser/kusto.ts';
import {
  items,
  textOf,
  type Expression,
  type NameNode,
  type OperatorNodes,
  type SyntaxNode,
} from '../parser/syntax.ts';
import { typeNamed, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { nullOf, value, type Value } from '../lower/value.ts';
import { engineRegex, quoteRegex } from '../scalar/regex.ts';
import type { Column, Table } from '../relation/tree.ts';
import { call, column, constant, literal, type SelectColumn, type Sql } from '../sql/tree.ts';
import type { Operator } from './types.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'star' }
  | { readonly kind: 'column'; readonly name: string; readonly type: KqlType };

function partOf(node: SyntaxNode, context: Context): Part | undefined {
  switch (classOf(node)) {
    case 'StarExpression':
      return { kind: 'star' };
    case 'NameDeclaration':
      return { kind: 'column', name: (node as NameNode).SimpleName, type: 'string' };
    case 'NameAndTypeDeclaration': {
      const declared = node as SyntaxNode & { readonly Name: NameNode; readonly Type: SyntaxNode };
      return { kind: 'column', name: declared.Name.SimpleName, type: typeNamed(textOf(declared.Type), 'string') };
    }
    default: {
      const text = context.with({ row: undefined }).scalar(node as Expression).constant;
      return typeof text === 'string' ? { kind: 'text', text } : undefined;
    }
  }
}

/** What a column may take: numbers only digits, so that `x: long` stops where the number does. */
const TAKES: Partial<Record<KqlType, string>> = {
  int: '-?\\d+',
  long: '-?\\d+',
  real: '-?[\\d.]+(?:[eE][-+]?\\d+)?',
};

interface Pattern {
  readonly regex: string;
  readonly columns: readonly Extract<Part, { kind: 'column' }>[];
}

/**
 * One expression for the whole pattern. A column takes as little as it can, the last one all that is left; in a pattern of
 * regular expressions it takes as much as it can, unless the flags say U, as Kusto's does.
 */
function patternOf(parts: readonly Part[], mode: string, flags: string): Pattern {
  const columns: Extract<Part, { kind: 'column' }>[] = [];
  const isRegex = mode === 'regex';
  const some = isRegex ? '.*' : '.*?';
  const texts = parts.map((part, index) => {
    if (part.kind === 'star') return some;
    if (part.kind === 'text') return isRegex ? uncaptured(part.text) : quoteRegex(part.text);
    columns.push(part);
    const isLast = index === parts.length - 1;
    // A relaxed pattern goes on where a number cannot be read, if a text says where it ends.
    const takes = mode === 'relaxed' && parts[index + 1]?.kind === 'text' ? undefined : TAKES[part.type];
    return `(${takes ?? (isLast ? '.*' : some)})`;
  });
  // A column at the end takes what is left; a star there need not be matched.
  const open = parts[0]?.kind === 'star' ? '' : '^';
  const close = parts.at(-1)?.kind === 'column' ? '$' : '';
  return { regex: `(?${isRegex && flags !== '' ? flags : 's'})${open}${texts.join('')}${close}`, columns };
}

/** The groups of the query's own expression do not count: only columns are taken. */
function uncaptured(regex: string): string {
  return regex.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\((?!\?)|\(\?P?<[a-z]\w*>/gis, (token) =>
    token.startsWith('(') ? '(?:' : token,
  );
}

/**
 * A plain test that every matching text passes: it begins with the pattern's first text, or holds its longest one. It turns most
 * rows away at a fraction of what the expression costs. `undefined` where the pattern has no text as it stands.
 */
function plainTest(parts: readonly Part[], mode: string, text: Sql): Sql | undefined {
  if (mode === 'regex') return undefined;
  const [first] = parts;
  if (first?.kind === 'text') return call('startsWith', text, literal('String', first.text));
  const longest = parts.reduce(
    (found, part) => (part.kind === 'text' && part.text.length > found.length ? part.text : found),
    '',
  );
  return longest === '' ? undefined : call('greater', call('position', text, literal('String', longest)), constant(0));
}

function onlyWhere(test: Sql | undefined, groups: Sql): Sql {
  return test === undefined ? groups : call('if', test, groups, literal('Array(String)', []));
}

function lowerParse(node: OperatorNodes['ParseOperator'], input: Table, context: Context, filter: boolean): Table {
  let [mode, flags] = ['simple', ''];
  for (const parameter of items(node.Parameters)) {
    const name = parameter.Name.SimpleName.toLowerCase();
    if (name === 'kind') mode = textOf(parameter.Expression).toLowerCase();
    else if (name === 'flags') flags = textOf(parameter.Expression).replace(/[^imsU]/g, '');
    else context.session.report('GHQ013', `parse's option '${name}' is not supported.`, parameter);
  }
  const parts = items(node.Patterns).map((part) => partOf(part, context));
  const known = parts.filter((part) => part !== undefined);
  if (known.length !== parts.length)
    context.session.report('GHQ020', "parse's pattern is made of constant texts, columns and stars.", node);
  const { regex, columns } = patternOf(known, mode, flags);
  if (engineRegex(regex) === undefined) context.session.report('GHQ023', 'RE2 does not accept this pattern.', node);
  const source = context.with({ row: input }).scalar(node.Expression);
  const text = convert(source, 'string') ?? source;

  const groups: SelectColumn = {
    id: context.session.newColumn(),
    value: onlyWhere(plainTest(known, mode, text.sql), call('extractGroups', text.sql, literal('String', regex))),
  };
  const taken = (index: number): Value =>
    value(call('arrayElement', column(groups.id), constant(index + 1)), 'string', false);
  const isMatch =
    columns.length === 0 ? call('match', text.sql, literal('String', regex)) : call('notEmpty', column(groups.id));
  const values = columns.map((entry, index) => {
    const typed = convert(taken(index), entry.type) ?? taken(index);
    // In the simple mode a row where one column cannot be read has none of them; relaxed keeps the others.
    return { entry, typed: typed.nullable ? typed : { ...typed, nullable: nullOf(entry.type).nullable } };
  });
  const strict =
    mode === 'simple'
      ? values.filter(({ typed }) => typed.nullable).map(({ typed }) => call('isNotNull', typed.sql))
      : [];
  const fits = strict.length === 0 ? undefined : call('and', isMatch, ...strict);
  const added: SelectColumn[] = [];
  const made = values.map(({ entry, typed }): Column => {
    const id = context.session.newColumn();
    added.push({ id, value: fits === undefined ? typed.sql : call('if', fits, typed.sql, nullOf(entry.type).sql) });
    return { id, name: entry.name, type: entry.type, nullable: typed.nullable };
  });
  const below = { kind: 'compute', input: input.relation, columns: columns.length === 0 ? [] : [groups] } as const;
  const chosen = filter ? ({ kind: 'filter', input: below, condition: fits ?? isMatch } as const) : below;
  const byName = new Map(made.map((entry) => [entry.name, entry]));
  const kept = input.columns.map((entry) => {
    const replacement = byName.get(entry.name);
    byName.delete(entry.name);
    return replacement ?? entry;
  });
  return {
    ...input,
    relation: { kind: 'compute', input: chosen, columns: added },
    columns: [...kept, ...byName.values()],
  };
}

const parse: Operator<'ParseOperator'> = {
  node: 'ParseOperator',
  names: ['parse'],
  summary: 'Columns out of a text by a pattern; rows that do not match keep them empty.',
  page: 'parse-operator',
  perSubtable: true,
  lower: (node, input, context) => lowerParse(node, input, context, false),
};

const parseWhere: Operator<'ParseWhereOperator'> = {
  node: 'ParseWhereOperator',
  names: ['parse-where'],
  summary: 'Columns out of a text by a pattern, of the rows that match.',
  page: 'parse-where-operator',
  perSubtable: true,
  lower: (node, input, context) => lowerParse(node, input, context, true),
};

/** Operators that read columns out of a text. */
export const PARSERS = [parse, parseWhere] as const;
