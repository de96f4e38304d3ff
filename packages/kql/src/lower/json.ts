import { readLiteral } from '../parser/literals.ts';
import { classOf } from '../parser/kusto.ts';
import { elements, type Expression, type ExpressionNodes, type JsonNodes } from '../parser/syntax.ts';
import { formatDatetime, formatTimespan } from '../storage.ts';
import { typeNamed } from './context.ts';

/** Strict JSON of what stands inside `dynamic(…)`, where Kusto also allows its own literals and single quotes. `undefined`: not a constant. */
export function jsonOf(node: Expression): string | undefined {
  switch (classOf(node)) {
    case 'JsonObjectExpression': {
      const pairs = elements((node as JsonNodes['JsonObjectExpression']).Pairs).map(
        (pair) => [JSON.stringify(pair.Name.ValueText), jsonOf(pair.Value)] as const,
      );
      return pairs.some(([, value]) => value === undefined)
        ? undefined
        : `{${pairs.map(([name, value]) => `${name}:${value ?? ''}`).join(',')}}`;
    }
    case 'JsonArrayExpression': {
      const values = elements((node as JsonNodes['JsonArrayExpression']).Values).map(jsonOf);
      return values.includes(undefined) ? undefined : `[${values.join(',')}]`;
    }
    case 'PrefixUnaryExpression': {
      const inner = jsonOf((node as ExpressionNodes['PrefixUnaryExpression']).Expression);
      return inner === undefined ? undefined : `-${inner}`;
    }
    case 'DynamicExpression':
      return jsonOf((node as ExpressionNodes['DynamicExpression']).Expression);
    case 'CompoundStringLiteralExpression':
      return JSON.stringify(compoundText(node as ExpressionNodes['CompoundStringLiteralExpression']));
    case 'LiteralExpression':
      return literalJson(node as ExpressionNodes['LiteralExpression']);
    default:
      return undefined;
  }
}

export function compoundText(node: ExpressionNodes['CompoundStringLiteralExpression']): string {
  return Array.from({ length: node.Tokens.Count }, (_, index) => node.Tokens.getItem(index).ValueText).join('');
}

function literalJson(node: ExpressionNodes['LiteralExpression']): string | undefined {
  const text = node.Token.ValueText;
  if (text === 'null') return 'null';
  const type = typeNamed(node.ResultType?.Name, 'dynamic');
  if (type === 'dynamic') return text === '' ? 'null' : JSON.stringify(text);
  const value = readLiteral(type, text);
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  switch (type) {
    case 'datetime':
      return JSON.stringify(formatDatetime(value as bigint));
    case 'timespan':
      return JSON.stringify(formatTimespan(value as bigint));
    case 'string':
    case 'guid':
      return JSON.stringify(value);
    case 'real':
      return Number.isFinite(value)
        ? /^-?[\d.]+$/.test(text) && !text.startsWith('.') && !text.endsWith('.')
          ? text
          : String(value)
        : JSON.stringify(text);
    case 'bool':
    case 'int':
    case 'long':
    case 'decimal':
      return String(value);
  }
}
