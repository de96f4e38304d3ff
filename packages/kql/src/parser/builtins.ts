import { kusto, parameterKind } from './kusto.ts';
import { items, type CsList } from './syntax.ts';

/** A function, aggregate or plugin that Microsoft's parser knows. */
export interface Builtin {
  readonly name: string;
  /** Its ways to be called: `split(source, delimiter: string, [requestedIndex: integer])`. */
  readonly signatures: readonly string[];
  /** Kusto keeps it for old queries, or for itself. */
  readonly hidden: boolean;
}

interface ParameterSymbol {
  readonly Name: string;
  readonly TypeKind: number;
  readonly DeclaredTypes: CsList<{ readonly Name: string }>;
  readonly MinOccurring: number;
  readonly MaxOccurring: number;
}
interface CallableSymbol {
  readonly Name: string;
  readonly IsHidden: boolean;
  readonly IsObsolete: boolean;
  readonly Signatures: CsList<{ readonly Parameters: CsList<ParameterSymbol> }>;
}
interface Library {
  readonly Functions: readonly CallableSymbol[];
  readonly Aggregates: readonly CallableSymbol[];
  readonly PlugIns: readonly CallableSymbol[];
}

/** Everything that can be called by a name, as Microsoft's parser lists it. */
export function builtins(): Readonly<Record<'functions' | 'aggregates' | 'plugins', readonly Builtin[]>> {
  const library = kusto.GlobalState.Default as unknown as Library;
  return {
    functions: library.Functions.map(builtin),
    aggregates: library.Aggregates.map(builtin),
    plugins: library.PlugIns.map(builtin),
  };
}

function builtin(symbol: CallableSymbol): Builtin {
  const signatures = items(symbol.Signatures).map(
    (signature) => `${symbol.Name}(${items(signature.Parameters).map(parameter).join(', ')})`,
  );
  return {
    name: symbol.Name,
    signatures: [...new Set(signatures)],
    hidden: symbol.IsHidden || symbol.IsObsolete || symbol.Name.startsWith('__'),
  };
}

function parameter(symbol: ParameterSymbol): string {
  const type = typeOf(symbol);
  const text = `${symbol.Name}${type === undefined ? '' : `: ${type}`}${symbol.MaxOccurring > 1 ? ', …' : ''}`;
  return symbol.MinOccurring === 0 ? `[${text}]` : text;
}

/** Kinds of a parameter that say nothing, or what a reader of the signature need not know. */
const SILENT: ReadonlySet<string> = new Set(['Any', 'Scalar', 'NotBool', 'NotRealOrBool', 'NotDynamic']);

function typeOf({ TypeKind, DeclaredTypes }: ParameterSymbol): string | undefined {
  const kind = parameterKind(TypeKind);
  if (kind === 'Declared')
    return items(DeclaredTypes)
      .map((type) => type.Name)
      .join(' or ');
  if (SILENT.has(kind) || /^(Parameter|CommonScalar|Common)/.test(kind)) return undefined;
  return kind.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
