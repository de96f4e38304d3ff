import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { LOG_TABLES } from '@gatehouse/schema';
import { catalogueOf } from '../catalogue.ts';
import { createCompilerProcess, type CompilerProcess, type CompilerProcessOptions } from './process.ts';

const CATALOGUE = catalogueOf(LOG_TABLES, 'events');

let compiler: CompilerProcess | undefined;
function open(options: CompilerProcessOptions = {}): CompilerProcess {
  compiler = createCompilerProcess(options);
  return compiler;
}
afterEach(() => compiler?.stop());

const compile = (text: string, lane = 'one') => compiler!.run(lane, { kind: 'compile', text }, CATALOGUE);

function alive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pid: number | undefined): Promise<boolean> {
  for (let wait = 0; wait < 600 && alive(pid); wait += 1) await sleep(50);
  return !alive(pid);
}

// Every start of the process costs a second of CPU: what can share one does.
describe('the compiler’s process', () => {
  it('compiles with a catalogue that it was sent once, and refuses what would wait past the bound of its lane', async () => {
    open({ waitingPerLane: 2 });
    const texts = ['SigninLogs | take 1', 'Nonsense', 'SecurityEvent | count', 'print 4', 'print 5'];
    const settled = await Promise.allSettled(texts.map((text) => compile(text)));
    const told = settled.map((one) =>
      one.status === 'fulfilled' ? one.value.ok : (one.reason as { code: string }).code,
    );
    expect(told).toEqual([true, false, true, 'QUERY_BUSY', 'QUERY_BUSY']);
    expect((await compile('SigninLogs | take 2')).ok).toBe(true);
  }, 60_000);

  it('ends a text that takes too long, goes on with the next, and comes back after it was killed', async () => {
    // Long enough for the first text of a process on a machine that has much else to do.
    open({ jobMs: 10_000 });
    await compile('print 1');
    const { pid } = compiler!;
    // A process that stands still is one whose text takes for ever, however fast the machine is.
    process.kill(pid!, 'SIGSTOP');
    const slow = compile('SigninLogs | take 3', 'hostile');
    const next = compile('print 2', 'friendly');
    await expect(slow).rejects.toMatchObject({ code: 'QUERY_TOO_COMPLEX', status: 422 });
    expect((await next).ok).toBe(true);
    expect(await gone(pid)).toBe(true);
    const { pid: second } = compiler!;
    process.kill(second!, 'SIGKILL');
    expect(await gone(second)).toBe(true);
    expect((await compile('print 3')).ok).toBe(true);
  }, 180_000);

  it('gives its memory back when it has grown, and when nobody asks', async () => {
    open({ recycleHeapBytes: 1, idleMs: 60_000 });
    await compile('print 1');
    expect(compiler!.pid).toBeUndefined();
    await compiler!.stop();
    open({ idleMs: 200 });
    await compiler!.start();
    const { pid } = compiler!;
    expect(alive(pid)).toBe(true);
    expect(await gone(pid)).toBe(true);
  }, 60_000);
});
