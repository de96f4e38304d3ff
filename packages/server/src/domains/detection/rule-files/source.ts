import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { RuleProblem } from './rule.ts';

/** Bytes of a rule's file; a longer one is refused before it is parsed. */
export const FILE_LIMIT_BYTES = 1_048_576;

type Path = readonly (string | number)[];

/** A YAML file that remembers where each value stands, and collects what is wrong with it. */
export class Source {
  readonly file: string;
  readonly problems: RuleProblem[] = [];
  /** The file's content as plain values; undefined where it could not be parsed. */
  readonly root: unknown;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #text: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text;
    // One document, no custom tags, few aliases: a rule's file comes from outside and must stay small when expanded.
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true, schema: 'core' });
    for (const { message, linePos } of this.#document.errors)
      this.problems.push({
        level: 'error',
        file,
        line: linePos?.[0].line ?? 1,
        field: '',
        message: firstLine(message),
      });
    if (this.#document.errors.length > 0) return;
    try {
      this.root = this.#document.toJS({ maxAliasCount: 100 }) as unknown;
    } catch (cause) {
      this.problems.push({ level: 'error', file, line: 1, field: '', message: `cannot be read: ${String(cause)}` });
    }
  }

  failed(): boolean {
    return this.problems.some(({ level }) => level === 'error');
  }

  error(path: Path, message: string): void {
    this.problems.push({ level: 'error', file: this.file, line: this.lineOf(path), field: path.join('.'), message });
  }

  /** Notes the error and gives what to go on with: `instead`, or nothing. */
  refuse<T>(path: Path, message: string, instead: T): T;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what the caller goes on with decides the type
  refuse<T>(path: Path, message: string): T | undefined;
  refuse<T>(path: Path, message: string, instead?: T): T | undefined {
    this.error(path, message);
    return instead;
  }

  warn(path: Path, message: string): void {
    this.problems.push({ level: 'warning', file: this.file, line: this.lineOf(path), field: path.join('.'), message });
  }

  /** 1-based line of the value at `path`, of its key where it has one, or of the nearest parent that exists. */
  lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const at = path.slice(0, length);
      const parent = this.#document.getIn(at.slice(0, -1), true);
      const key = at.at(-1);
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
        if (pair !== undefined && isScalar(pair.key) && pair.key.range)
          return this.#lines.linePos(pair.key.range[0]).line;
      }
      const node: unknown = this.#document.getIn(at, true);
      const range = (node as { range?: readonly number[] | null } | undefined)?.range;
      if (range?.[0] !== undefined) return this.#lines.linePos(range[0]).line;
    }
    return 1;
  }

  /** Where the text of a scalar begins in the file: in a block scalar that is the line after its header. */
  textPlace(path: Path): { line: number; indent: number } {
    const node: unknown = this.#document.getIn(path, true);
    if (!isScalar(node) || !node.range) return { line: this.lineOf(path), indent: 0 };
    const start = this.#lines.linePos(node.range[0]);
    if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED')
      return { line: start.line, indent: start.col - 1 };
    const first = this.#text.split('\n')[start.line] ?? '';
    return { line: start.line + 1, indent: first.length - first.trimStart().length };
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
}
