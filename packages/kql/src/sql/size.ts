import { children, type From, type Select, type Sql } from './tree.ts';

/**
 * Number of nodes that an expression has when it is printed. A `let` used twice is one object twice: sizes are remembered
 * by object, so counting stays cheap where printing would not. What reads a shared table is remembered only when that is
 * settled: until then its size is not known.
 */
const sizes = new WeakMap<Sql | Select, number>();
let unsettled = 0;

export function sizeOf(node: Sql): number {
  return remembered(node, () => {
    let size = 1;
    for (const part of children(node)) size += sizeOf(part);
    if (node.kind === 'scalarQuery' || node.kind === 'inQuery') size += sizeOfSelect(node.select);
    return size;
  });
}

export function sizeOfSelect(select: Select): number {
  return remembered(select, () => {
    let size = sizeOfFrom(select.from);
    for (const entry of select.columns) size += sizeOf(entry.value);
    for (const condition of select.where) size += sizeOf(condition);
    for (const key of select.order) size += sizeOf(key.value);
    for (const entry of select.unnest?.arrays ?? []) size += sizeOf(entry.value);
    return size;
  });
}

function remembered(node: Sql | Select, count: () => number): number {
  const known = sizes.get(node);
  if (known !== undefined) return known;
  const before = unsettled;
  const size = count();
  if (unsettled === before) sizes.set(node, size);
  return size;
}

function sizeOfFrom(from: From | undefined): number {
  switch (from?.kind) {
    case 'shared':
      if (from.shared.select !== undefined) return sizeOfSelect(from.shared.select);
      unsettled += 1;
      return 1;
    case 'select':
      return sizeOfSelect(from.select);
    case 'union':
      return from.selects.reduce((sum, select) => sum + sizeOfSelect(select), 1);
    case 'join':
      return sizeOfSelect(from.left) + sizeOfSelect(from.right);
    case 'rows':
      return from.rows.length * Math.max(1, from.columns.length);
    case 'table':
    case 'numbers':
    case undefined:
      return 1;
  }
}
