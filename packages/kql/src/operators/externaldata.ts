import { allows, EXTERNAL_FORMATS, type ExternalFormat, type ExternalRead } from '../external.ts';
import { typeNamed, type Context } from '../lower/context.ts';
import { convert } from '../lower/convert.ts';
import { nullOf, value } from '../lower/value.ts';
import { elements, items, textOf, type Expression, type NamedParameter, type SourceNodes } from '../parser/syntax.ts';
import type { Column, Table } from '../relation/tree.ts';
import { call, column, constant, type SelectColumn } from '../sql/tree.ts';
import type { Source } from './types.ts';

type Node = SourceNodes['ExternalDataExpression'];

function addressOf(node: Expression, context: Context): string | undefined {
  const { session } = context;
  const { constant: address } = context.with({ row: undefined }).scalar(node);
  const { external } = session.catalogue;
  if (typeof address !== 'string') session.report('GHQ020', 'The address of external data must be a text.', node);
  else if (external === undefined) session.report('GHQ028', 'External data is not available here.', node);
  else if (external.empty !== true && !allows(external, address))
    session.report(
      'GHQ028',
      `'${address}' is not allowed: an administrator lists the addresses that queries may read in ${external.setting}.`,
      node,
    );
  else return address;
  return undefined;
}

interface Options {
  readonly format: ExternalFormat;
  readonly ignoreFirstRecord: boolean;
}

/** The format by the address's ending where it is not said; csv otherwise. */
function formatOf(address: string | undefined): ExternalFormat {
  const ending = /\.([a-z]+)(?:\.gz)?(?:[?#].*)?$/i.exec(address ?? '')?.[1]?.toLowerCase();
  return EXTERNAL_FORMATS.find((format) => format === ending) ?? 'csv';
}

function optionsOf(node: Node, addresses: readonly string[], context: Context): Options {
  let [format, ignoreFirstRecord]: [ExternalFormat | undefined, boolean] = [undefined, false];
  const given: readonly NamedParameter[] = [...items(node.Parameters), ...elements(node.WithClause?.Properties)];
  for (const parameter of given) {
    const name = parameter.Name.SimpleName.toLowerCase();
    const { constant: said } = context.with({ row: undefined }).scalar(parameter.Expression);
    if (name === 'format') {
      format = EXTERNAL_FORMATS.find((known) => known === String(said).toLowerCase());
      if (format === undefined)
        context.session.report(
          'GHQ013',
          `The format '${String(said)}' is not supported: known are ${EXTERNAL_FORMATS.join(', ')}.`,
          parameter,
        );
    } else if (name === 'ignorefirstrecord') ignoreFirstRecord = said === true || said === 'true';
    // Names files inside an archive, of which there are none here.
    else if (name !== 'zippattern' || context.session.catalogue.external?.empty !== true)
      context.session.report('GHQ013', `externaldata's option '${name}' is not supported.`, parameter);
  }
  return { format: format ?? formatOf(addresses[0]), ignoreFirstRecord };
}

/** Rows that were fetched and bound: a text for each column, read as the column's type. */
function bound(read: ExternalRead, columns: readonly Column[], context: Context): Table {
  const row = context.session.newColumn();
  const rows = call(
    'JSONExtract',
    { kind: 'run', name: read.parameter, type: 'String' },
    constant('Array(Array(String))'),
  );
  const cells = columns.map((entry, index): SelectColumn => {
    const text = value(call('arrayElement', column(row), constant(index + 1)), 'string', false);
    // Dynamic cells are JSON already.
    const read_ = entry.type === 'dynamic' ? text : convert(text, entry.type);
    return { id: entry.id, value: (read_ ?? nullOf(entry.type)).sql };
  });
  const unnested = {
    kind: 'unnest',
    input: { kind: 'single' },
    arrays: [{ id: row, value: rows }],
    keepEmpty: false,
  } as const;
  return { relation: { kind: 'compute', input: unnested, columns: cells }, columns, order: [] };
}

function empty(columns: readonly Column[]): Table {
  const cells = columns.map((entry): SelectColumn => ({ id: entry.id, value: nullOf(entry.type).sql }));
  const none = { kind: 'filter', input: { kind: 'single' }, condition: constant(0) } as const;
  return { relation: { kind: 'compute', input: none, columns: cells }, columns, order: [] };
}

/** `externaldata (name: type, …) [address, …] with (…)`: rows of files that an administrator has allowed. */
export const externaldata: Source<'ExternalDataExpression'> = {
  node: 'ExternalDataExpression',
  names: ['externaldata', 'external_data'],
  summary: 'Rows of files that an administrator has allowed.',
  page: 'externaldata-operator',
  lower: (node, context) => {
    const { session } = context;
    session.spend(node);
    const columns = elements(node.Schema.Columns).map((declared): Column => {
      const type = typeNamed(textOf(declared.Type), 'dynamic');
      return { id: session.newColumn(), name: declared.Name.SimpleName, type, nullable: nullOf(type).nullable };
    });
    const addresses = elements(node.URIs).flatMap((address) => addressOf(address, context) ?? []);
    const options = optionsOf(node, addresses, context);
    if (session.catalogue.external?.empty === true || addresses.length === 0) return empty(columns);
    const read = session.readExternal({
      addresses,
      ...options,
      columns: columns.map(({ name, type }) => ({ name, type })),
    });
    return bound(read, columns, context);
  },
};
