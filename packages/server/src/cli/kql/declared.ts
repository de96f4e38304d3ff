import { readFile } from 'node:fs/promises';
import { KQL_TYPES, type KqlType } from '@gatehouse/schema';
import { GatehouseError } from '../../platform/errors.ts';

/** A table as `--tables` declares it: these columns and no others. */
export interface DeclaredTable {
  readonly table: string;
  readonly columns: Readonly<Record<string, KqlType>>;
}

function isKqlType(value: unknown): value is KqlType {
  return KQL_TYPES.some((type) => type === value);
}

function declaredTable(line: string, number: number, file: string): DeclaredTable {
  const refuse = (reason: string) =>
    new GatehouseError('TABLES_FILE_INVALID', 400, `${file}, line ${number}: ${reason}.`, {
      details: [{ field: `/${number}`, reason }],
    });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new GatehouseError('TABLES_FILE_INVALID', 400, `${file}, line ${number}: this is not JSON.`, { cause });
  }
  if (typeof value !== 'object' || value === null) throw refuse('an object is expected');
  const { table, columns } = value as { table?: unknown; columns?: unknown };
  if (typeof table !== 'string' || table === '') throw refuse('"table" is the table’s name');
  if (typeof columns !== 'object' || columns === null) throw refuse('"columns" is an object of names and types');
  const typed: Record<string, KqlType> = {};
  for (const [name, type] of Object.entries(columns)) {
    if (!isKqlType(type))
      throw refuse(`column ${name} has the type ${JSON.stringify(type)}; known are ${KQL_TYPES.join(', ')}`);
    typed[name] = type;
  }
  if (Object.keys(typed).length === 0) throw refuse('a table has at least one column');
  return { table, columns: typed };
}

/** Reads `{table, columns: {name: type}}` lines. Throws `TABLES_FILE_INVALID` naming the line. */
export async function readDeclaredTables(file: string): Promise<readonly DeclaredTable[]> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [declaredTable(line, index + 1, file)]));
}
