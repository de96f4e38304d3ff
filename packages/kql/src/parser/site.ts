import type { SyntaxNode } from './syntax.ts';

const texts = new WeakMap<SyntaxNode, string>();

/** A place in a text, the same at every parse: which text (a function's body is one of its own) and where in it. */
export function placeIn(node: SyntaxNode): string {
  const { Root: root } = node;
  const text = texts.get(root) ?? fingerprint(root.toString());
  texts.set(root, text);
  return `${text}:${node.TextStart}`;
}

/** Two different 32-bit FNV-1a hashes and the length: only the bodies of one query's functions are told apart by it. */
function fingerprint(text: string): string {
  let [first, second] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x5bd1e995);
  }
  return [first, second, text.length].map((part) => (part >>> 0).toString(36)).join('.');
}
