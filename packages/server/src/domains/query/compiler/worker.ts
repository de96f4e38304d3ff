/**
 * The compiler's own thread. Compiling takes 20 ms of CPU as a rule and seconds at worst; here it holds up no ingest, a
 * text that takes too long can be stopped, and what Microsoft's parser keeps for ever goes when the thread is replaced.
 */
import { parentPort } from 'node:worker_threads';
import { getHeapStatistics } from 'node:v8';
import { createCompiler, type Catalogue } from '@gatehouse/kql';
import { completions, diagnostics, hover } from '@gatehouse/kql/editor';
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
    case 'compile':
      return compiler.compile(job.text, catalogue);
    case 'diagnostics':
      return diagnostics(compiler, job.text, catalogue);
    case 'completions':
      return completions(job.text, job.position, catalogue);
    case 'hover':
      return hover(job.text, job.position, catalogue);
  }
}

function reply(message: Reply): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (request: Request) => {
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

reply({ kind: 'ready' });
