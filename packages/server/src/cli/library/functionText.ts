const KEYS = ['name', 'parameters', 'description', 'folder'] as const;

type Key = (typeof KEYS)[number];

export interface SaidOfFunction extends Partial<Record<Key, string>> {
  readonly body: string;
  /** The 1-based line of the file that the body begins on. */
  readonly bodyLine: number;
}

const SAID = /^\/\/ (name|parameters|description|folder): ?(.*)$/;

/** A function as a file: comments that say what it is, a line without text, and its query. */
export function functionText(stored: Readonly<Record<Key | 'body', string>>): string {
  const head = KEYS.filter((key) => stored[key] !== '').flatMap((key) =>
    stored[key].split(/\r?\n/).map((line) => `// ${key}: ${line}\n`),
  );
  return `${head.join('')}\n${stored.body}${stored.body.endsWith('\n') ? '' : '\n'}`;
}

/** Reads such a file; one that begins with the query says nothing else. */
export function readFunctionText(text: string): SaidOfFunction {
  const lines = text.split(/\r?\n/);
  const said: Partial<Record<Key, string>> = {};
  let at = 0;
  for (; at < lines.length; at += 1) {
    const found = SAID.exec(lines[at] ?? '');
    if (found === null) break;
    const key = found[1] as Key;
    const line = found[2] ?? '';
    said[key] = said[key] === undefined ? line : `${said[key]}\n${line}`;
  }
  if (at > 0 && lines[at]?.trim() === '') at += 1;
  return { ...said, body: lines.slice(at).join('\n').replace(/\n$/, ''), bodyLine: at + 1 };
}
