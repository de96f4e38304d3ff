/** The compiler's own process: see `process.ts` for why it has one. Started by it, speaks with it alone, ends with it. */
import { getHeapStatistics } from 'node:v8';
import { pack, type Catalogue } from '@gatehouse/kql';
import { checkFunction, createCompiler } from '@gatehouse/kql/compiler';
import { completions, definition, diagnostics, format, hover } from '@gatehouse/kql/editor';
import type { Job, Jobs, JobKind, Reply, Request } from './messages.ts';

/** Catalogues that are kept; the parent sends one again that was dropped. */
const KEPT_CATALOGUES = 16;

const compiler = createCompiler();
const catalogues = new Map<string, Catalogue>();

function catalogueFor(request: Request): Catalogue | undefined {
  const catalogue = request.catalogue ?? catalogues.get(request.version);
  if (catalogue === undefined) return undefined;
  catalogues.delete(request.version);
  catalogues.set(request.version, catalogue);
  const oldest = catalogues.keys().next();
  if (catalogues.size > KEPT_CATALOGUES && oldest.done !== true) catalogues.delete(oldest.value);
  return catalogue;
}

function answerTo(job: Job, catalogue: Catalogue): Jobs[JobKind]['answer'] {
  switch (job.kind) {
    case 'compile': {
      const result = compiler.compile(job.text, catalogue, job.discovered, job.parameters);
      return result.ok ? { ok: true, packed: pack(result.query) } : result;
    }
    case 'diagnostics':
      return diagnostics(compiler, job.text, catalogue);
    case 'completions':
      return completions(job.text, job.position, catalogue);
    case 'hover':
      return hover(job.text, job.position, catalogue);
    case 'definition':
      return definition(job.text, job.position, catalogue);
    case 'function':
      return checkFunction(job.text, catalogue);
    case 'format':
      return format(job.text, catalogue);
  }
}

function reply(message: Reply): void {
  process.send?.(message);
}

process.on('message', (request: Request) => {
  const catalogue = catalogueFor(request);
  if (catalogue === undefined) {
    reply({ kind: 'catalogueNeeded' });
    return;
  }
  try {
    const answer = answerTo(request.job, catalogue);
    reply({ kind: 'answer', answer, heapBytes: getHeapStatistics().used_heap_size });
  } catch (error) {
    reply({ kind: 'failure', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

// The server went away, in order or killed: nothing is left to compile for.
process.on('disconnect', () => process.exit(0));
// A signal for the whole terminal is the server's to act on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

reply({ kind: 'ready' });
