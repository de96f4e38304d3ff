/** A number of places; who finds none waits in order. */
export interface Lanes {
  /** Resolves to the function that gives the place back; call it once. */
  take(): Promise<() => void>;
}

export function createLanes(count: number): Lanes {
  let free = count;
  const waiting: (() => void)[] = [];
  const give = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return give;
    },
  };
}
