import {
  unpack,
  type Catalogue,
  type CompileResult,
  type CompiledQuery,
  type Discovered,
  type QueryParameters,
} from '@gatehouse/kql';
import type { CompilerProcess } from './compiler/process.ts';

/** Characters of text and SQL that are remembered, in all: some 20 MB. */
const KEPT_CHARACTERS = 10_000_000;

interface Kept {
  readonly query: CompiledQuery;
  readonly size: number;
}

/**
 * Compiles through the compiler process and remembers what came out, by text, parameters, catalogue and what was found in the data: rules run
 * the same few texts for ever. The least recently used goes first. Failures are not remembered.
 */
export function createCompiledQueries(compiler: CompilerProcess) {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<CompileResult>>();
  let characters = 0;

  function keep(key: string, query: CompiledQuery): void {
    const size = key.length + query.sql.length;
    if (size > KEPT_CHARACTERS / 10) return;
    kept.set(key, { query, size });
    characters += size;
    for (const [oldest, one] of kept) {
      if (characters <= KEPT_CHARACTERS) break;
      kept.delete(oldest);
      characters -= one.size;
    }
  }

  async function compile(
    key: string,
    lane: string,
    text: string,
    catalogue: Catalogue,
    discovered: Discovered | undefined,
    parameters: QueryParameters | undefined,
  ): Promise<CompileResult> {
    try {
      const result = await compiler.run(
        lane,
        {
          kind: 'compile',
          text,
          ...(discovered === undefined ? {} : { discovered }),
          ...(parameters === undefined ? {} : { parameters }),
        },
        catalogue,
      );
      if (!result.ok) return result;
      const query = unpack(result.packed);
      keep(key, query);
      return { ok: true, query };
    } finally {
      underWay.delete(key);
    }
  }

  return {
    /** `lane` is whose turn at the compiler it is. */
    async of(
      lane: string,
      text: string,
      catalogue: Catalogue,
      discovered?: Discovered,
      parameters?: QueryParameters,
    ): Promise<CompileResult> {
      const given =
        discovered === undefined && parameters === undefined ? '' : JSON.stringify([discovered, parameters]);
      const key = `${catalogue.version}\n${given}\n${text}`;
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return { ok: true, query: known.query };
      }
      const asked = underWay.get(key) ?? compile(key, lane, text, catalogue, discovered, parameters);
      underWay.set(key, asked);
      return asked;
    },
  };
}
