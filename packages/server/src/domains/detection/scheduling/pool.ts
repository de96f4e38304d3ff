/** What came of one round of work. */
export interface Work {
  readonly evaluated: number;
  /** Things that may have more to do and were not got to. */
  readonly remaining: number;
}

/**
 * Works through things step by step, several at once but each thing by itself: a thing takes its next step only when its last one
 * is over, and goes to the end of the line, so that one with much to do does not hold up the others.
 *
 * `next` gives a thing's next step, or nothing when it is done; a step resolves to false when the thing is to be left alone.
 * `limit`: steps in all. Rejects with the first error, once nothing is under way any more.
 */
export async function workThrough<Thing>(
  things: readonly Thing[],
  options: { readonly limit: number; readonly atOnce: number },
  next: (thing: Thing) => (() => Promise<boolean>) | undefined,
): Promise<Work> {
  const queue = [...things];
  let evaluated = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && evaluated < options.limit) {
      const thing = queue.shift();
      if (thing === undefined) return;
      const step = next(thing);
      if (step === undefined) continue;
      evaluated += 1;
      try {
        if (await step()) queue.push(thing);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: options.atOnce }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return { evaluated, remaining: queue.filter((thing) => next(thing) !== undefined).length };
}
