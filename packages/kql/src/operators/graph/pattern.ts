import { classOf } from '../../parser/kusto.ts';
import {
  elements,
  items,
  textOf,
  type Expression,
  type ExpressionNodes,
  type FunctionCall,
  type GraphElement,
  type GraphPatterns,
  type NameNode,
  type SyntaxNode,
} from '../../parser/syntax.ts';
import type { Context } from '../../lower/context.ts';

/** Steps that an edge of several may have: each is a join. */
export const MOST_STEPS = 16;

export interface PatternEdge {
  readonly name: string | undefined;
  readonly direction: 'out' | 'in' | 'any';
  /** Of an edge of several steps: the fewest and the most. */
  readonly range: { readonly least: number; readonly most: number } | undefined;
}

/** A node, and the edge that leads on from it. */
export interface PatternStep {
  readonly node: string | undefined;
  readonly edge: PatternEdge | undefined;
}

export function patternsOf(node: GraphPatterns, context: Context): readonly (readonly PatternStep[])[] {
  return elements(node.Patterns).map(({ PatternElements: list }) => {
    const parts = items(list);
    return parts.flatMap((part, index): readonly PatternStep[] => {
      if (classOf(part) !== 'GraphMatchPatternNode') return [];
      const next = parts[index + 1];
      return [{ node: part.Name?.SimpleName, edge: next && edgeOf(next, context) }];
    });
  });
}

function edgeOf(part: GraphElement, context: Context): PatternEdge {
  const text = textOf(part);
  const direction = text.startsWith('<') ? 'in' : text.endsWith('>') ? 'out' : 'any';
  const { Range: range } = part;
  if (range === null || range === undefined) return { name: part.Name?.SimpleName, direction, range: undefined };
  const bound = (limit: Expression): number => Number(context.with({ row: undefined }).scalar(limit).constant ?? NaN);
  const [least, most] = [bound(range.RangeStart), bound(range.RangeEnd)];
  if (!(least >= 0 && least <= most && most <= MOST_STEPS))
    context.session.report('GHQ021', `An edge has from 0 up to ${MOST_STEPS} steps: *1..${MOST_STEPS}.`, part);
  const safe = least >= 0 && least <= most && most <= MOST_STEPS ? { least, most } : { least: 1, most: 1 };
  return { name: part.Name?.SimpleName, direction, range: safe };
}

/** What is asked of every step of an edge, or of every node inside it. */
export interface ListAsked {
  readonly edge: string;
  readonly of: 'edges' | 'nodes';
  /** `undefined`: the edge itself, as a bag. */
  readonly element: Expression | undefined;
}

const LISTING: ReadonlySet<string> = new Set(['all', 'any', 'map']);

/** `all(edge, condition)`, `map(inner_nodes(edge), value)`. */
export function listAsked(call: FunctionCall): ListAsked | undefined {
  if (!LISTING.has(call.Name.SimpleName)) return undefined;
  const [list, element] = elements(call.ArgumentList.Expressions);
  if (list === undefined || element === undefined) return undefined;
  if (classOf(list) === 'NameReference') return { edge: (list as NameNode).SimpleName, of: 'edges', element };
  const inner = classOf(list) === 'FunctionCallExpression' ? (list as FunctionCall) : undefined;
  const [edge] = inner?.Name.SimpleName === 'inner_nodes' ? elements(inner.ArgumentList.Expressions) : [];
  if (edge === undefined || classOf(edge) !== 'NameReference') return undefined;
  return { edge: (edge as NameNode).SimpleName, of: 'nodes', element };
}

/** What expressions ask of the pattern. */
export interface Asked {
  /** Lists by the call that asks for them. */
  readonly lists: ReadonlyMap<SyntaxNode, ListAsked>;
  /** Names that stand for a node or an edge, by how they are read. */
  readonly members: ReadonlySet<string>;
  /** `edge.property`: of an edge of several steps, a list of that property. */
  readonly paths: readonly { readonly node: SyntaxNode; readonly name: string; readonly selector: Expression }[];
  readonly wholes: ReadonlySet<string>;
  readonly degrees: boolean;
}

export function askedIn(expressions: readonly Expression[]): Asked {
  const lists = new Map<SyntaxNode, ListAsked>();
  const members = new Set<string>();
  const paths: { node: SyntaxNode; name: string; selector: Expression }[] = [];
  const wholes = new Set<string>();
  let degrees = false;
  const visit = (node: SyntaxNode): void => {
    const name = classOf(node);
    if (name === 'FunctionCallExpression') {
      const call = node as FunctionCall;
      const list = listAsked(call);
      if (list !== undefined) lists.set(node, list);
      if (/^node_degree_(?:in|out)$/.test(call.Name.SimpleName)) degrees = true;
      if (call.Name.SimpleName.startsWith('node_'))
        for (const argument of elements(call.ArgumentList.Expressions)) members.add(textOf(argument));
      const [first, ...rest] = elements(call.ArgumentList.Expressions);
      // The first argument of a list names the edge, and those of node_id() and its kin a node.
      if (list === undefined && first !== undefined && !call.Name.SimpleName.startsWith('node_')) visit(first);
      for (const argument of rest) visit(argument);
      return;
    }
    if (name === 'PathExpression') {
      const { Expression: base, Selector: selector } = node as ExpressionNodes['PathExpression'];
      const owner = classOf(base) === 'NameReference' ? (base as NameNode).SimpleName : undefined;
      if (owner !== undefined) {
        members.add(owner);
        paths.push({ node, name: owner, selector });
      } else visit(base);
      return;
    }
    if (name === 'NameReference') wholes.add((node as NameNode).SimpleName);
    for (let index = 0; index < node.ChildCount; index += 1) {
      const child = node.GetChild(index);
      if (child !== null) visit(child);
    }
  };
  for (const expression of expressions) visit(expression);
  return { lists, members, paths, wholes, degrees };
}

/** The parts of a condition that must all hold, each with the names it reads. */
export function partsOf(
  condition: Expression,
): readonly { readonly node: Expression; readonly names: ReadonlySet<string> }[] {
  const bare = condition as Expression & {
    readonly Left?: Expression;
    readonly Right?: Expression;
    readonly Operator?: SyntaxNode;
    readonly Expression?: Expression;
  };
  if (classOf(condition) === 'ParenthesizedExpression' && bare.Expression !== undefined)
    return partsOf(bare.Expression);
  if (
    classOf(condition) === 'BinaryExpression' &&
    bare.Left !== undefined &&
    bare.Right !== undefined &&
    bare.Operator !== undefined &&
    textOf(bare.Operator).toLowerCase() === 'and'
  )
    return [...partsOf(bare.Left), ...partsOf(bare.Right)];
  const names = new Set<string>();
  const visit = (node: SyntaxNode): void => {
    if (classOf(node) === 'NameReference') names.add((node as NameNode).SimpleName);
    for (let index = 0; index < node.ChildCount; index += 1) {
      const child = node.GetChild(index);
      if (child !== null) visit(child);
    }
  };
  visit(condition);
  return [{ node: condition, names }];
}
