/**
 * The plugins whose columns depend on the data, as the binder sees them: with the columns that were found in the data, and
 * open for more, so that a query may name a column that no row has.
 */
import type { KqlType } from '../catalogue.ts';
import { discoveredAt, type Discovered } from '../discovery.ts';
import { kusto, type GlobalState } from './kusto.ts';
import { placeIn } from './site.ts';
import { type CsList, type SyntaxNode } from './syntax.ts';

interface ColumnSymbol {
  readonly Name: string;
  readonly Type: unknown;
}
interface TableSymbol {
  readonly Columns: CsList<ColumnSymbol>;
  WithInheritableProperties(table: TableSymbol): TableSymbol;
  WithIsOpen(isOpen: boolean): TableSymbol;
}
interface CallContext {
  readonly Location: SyntaxNode;
  readonly RowScope: TableSymbol;
}
interface Signature {
  readonly Parameters: CsList<unknown>;
  readonly CustomReturnType: (context: CallContext) => TableSymbol;
}
interface FunctionSymbol {
  readonly Name: string;
  readonly Signatures: CsList<Signature>;
}
interface Symbols {
  readonly FunctionSymbol: {
    readonly ctor: new (
      name: string,
      returns: (context: CallContext) => TableSymbol,
      tabularity: unknown,
      parameters: readonly unknown[],
    ) => FunctionSymbol;
  };
  readonly Parameter: { readonly $ctor3: new (...args: readonly unknown[]) => unknown };
  readonly ColumnSymbol: new (name: string, type: unknown) => ColumnSymbol;
  readonly TableSymbol: { readonly $ctor3: new (columns: unknown) => TableSymbol };
  readonly ScalarTypes: Readonly<Record<string, unknown>>;
  readonly Tabularity: { readonly Tabular: unknown };
}
interface Bridge {
  readonly System: {
    readonly Array: { getCount(list: unknown): number; getItem(list: unknown, index: number): unknown };
    readonly Collections: {
      readonly Generic: {
        List$1(of: unknown): { readonly ctor: new () => { add(item: unknown): void } };
      };
    };
  };
}

const symbols = kusto.Symbols as unknown as Symbols;
const { System: system } = globalThis as unknown as Bridge;

/** Microsoft's names of the types. */
const SCALAR_TYPES: Readonly<Record<KqlType, string>> = {
  bool: 'Bool',
  int: 'Int',
  long: 'Long',
  real: 'Real',
  decimal: 'Decimal',
  string: 'String',
  datetime: 'DateTime',
  timespan: 'TimeSpan',
  guid: 'Guid',
  dynamic: 'Dynamic',
};

/** A list of the library, which is a class of its own or a plain array. */
function listed<T>(list: CsList<T>): T[] {
  const { Array: lists } = system;
  return Array.from({ length: lists.getCount(list) }, (_, index) => lists.getItem(list, index) as T);
}

function tableOf(columns: readonly ColumnSymbol[]): TableSymbol {
  const list = new (system.Collections.Generic.List$1(symbols.ColumnSymbol).ctor)();
  for (const column of columns) list.add(column);
  return new symbols.TableSymbol.$ctor3(list);
}

/** The plugin's own columns with those that the data has: in place where a name is there, otherwise behind. */
function opened(
  own: TableSymbol,
  { Location: location, RowScope: row }: CallContext,
  discovered: Discovered,
): TableSymbol {
  const found = new Map(
    discoveredAt(discovered, placeIn(location)).map(({ name, type }) => [
      name,
      new symbols.ColumnSymbol(name, symbols.ScalarTypes[SCALAR_TYPES[type]]),
    ]),
  );
  const columns = listed(own.Columns).map((column) => {
    const replacement = found.get(column.Name) ?? column;
    found.delete(column.Name);
    return replacement;
  });
  return tableOf([...columns, ...found.values()])
    .WithInheritableProperties(row)
    .WithIsOpen(true);
}

function optional(name: string, type: KqlType): unknown {
  return new symbols.Parameter.$ctor3(
    name,
    symbols.ScalarTypes[SCALAR_TYPES[type]],
    0,
    null,
    null,
    false,
    null,
    0,
    1,
    null,
    null,
  );
}

/** Parameters that Microsoft's library does not know. */
const MORE_PARAMETERS: Readonly<Record<string, (known: readonly unknown[]) => readonly unknown[]>> = {
  bag_unpack: ([column]) => [
    column,
    optional('OutputColumnPrefix', 'string'),
    optional('columnsConflict', 'string'),
    optional('ignoredProperties', 'dynamic'),
  ],
  pivot: (known) => known,
};

/** The library defines it and leaves it out of its list. */
const SCHEMA_MERGE = new symbols.FunctionSymbol.ctor(
  'schema_merge',
  () =>
    tableOf(
      (
        [
          ['ColumnName', 'string'],
          ['ColumnOrdinal', 'int'],
          ['DataType', 'string'],
          ['ColumnType', 'string'],
        ] as const
      ).map(([name, type]) => new symbols.ColumnSymbol(name, symbols.ScalarTypes[SCALAR_TYPES[type]])),
    ),
  symbols.Tabularity.Tabular,
  [optional('PreserveOrder', 'bool')],
);

/**
 * The globals with the plugins as Kusto has them. `ipv6_lookup` answers with the columns of the lookup table first (KQL
 * documentation, "ipv6_lookup plugin", both examples), the library says otherwise.
 */
export function withPlugins(globals: GlobalState): GlobalState {
  const known = listed(globals.PlugIns as CsList<FunctionSymbol>).map((plugin) => {
    const [signature] = listed(plugin.Signatures);
    if (plugin.Name !== 'ipv6_lookup' || signature === undefined) return plugin;
    const returns = (context: CallContext): TableSymbol => {
      const columns = listed(signature.CustomReturnType(context).Columns);
      const source = listed(context.RowScope.Columns).length;
      return tableOf([...columns.slice(source), ...columns.slice(0, source)]);
    };
    return new symbols.FunctionSymbol.ctor(
      plugin.Name,
      returns,
      symbols.Tabularity.Tabular,
      listed(signature.Parameters),
    );
  });
  return withDiscovered(globals.WithPlugIns([...known, SCHEMA_MERGE]), {});
}

/** The globals with what was found in the data. Never with a cache of their own: what was found once need not be there again. */
export function withDiscovered(globals: GlobalState, discovered: Discovered): GlobalState {
  const known = listed(globals.PlugIns as CsList<FunctionSymbol>);
  return globals.WithPlugIns(
    known.map((plugin) => {
      const parameters = MORE_PARAMETERS[plugin.Name];
      const [signature] = listed(plugin.Signatures);
      if (parameters === undefined || signature === undefined) return plugin;
      return new symbols.FunctionSymbol.ctor(
        plugin.Name,
        (context) => opened(signature.CustomReturnType(context), context, discovered),
        symbols.Tabularity.Tabular,
        parameters(listed(signature.Parameters)),
      );
    }),
  );
}
