/**
 * What an alert is: a maximal chain of hits of one rule, one company and one group, in which each run stands at most
 * `reachMs` after the one before it. Windows overlap, so one burst hits several runs; the chain makes them one alert. Chains
 * are a function of the set of hits, so the alerts do not depend on the order in which events arrive.
 */
export interface Hit {
  /** The run's time on the grid. */
  readonly runMs: number;
  readonly alertId: string;
}

/** The hits around one run, as the store has them before the change. */
export interface Neighbourhood {
  /** The hit of the run itself. */
  readonly at: Hit | undefined;
  /** The last hit before the run, however far. */
  readonly before: Hit | undefined;
  /** The first hit after the run, however far. */
  readonly after: Hit | undefined;
}

/** What has to change in the alerts when a run has, or no longer has, rows for the group. */
export type Change =
  | { readonly kind: 'none' }
  /** The run's hit begins an alert of its own. */
  | { readonly kind: 'create' }
  /** The run's hit belongs to this alert (also: it did already, its rows may be new). */
  | { readonly kind: 'join'; readonly alertId: string }
  /** The run's hit joins two alerts; which of them is the older one only the store knows. */
  | { readonly kind: 'merge'; readonly alertIds: readonly [string, string] }
  /** The alert's only hit is gone. */
  | { readonly kind: 'retract'; readonly alertId: string }
  /** The alert lost a hit at one end, or one that its neighbours reach across. */
  | { readonly kind: 'shrink'; readonly alertId: string }
  /** The lost hit held two parts together: those from `fromRunMs` on are another alert now. */
  | { readonly kind: 'split'; readonly alertId: string; readonly fromRunMs: number };

/** Decides what one evaluated run changes for one group. */
export function planChange(
  { at, before, after }: Neighbourhood,
  hasRows: boolean,
  runMs: number,
  reachMs: number,
): Change {
  if (hasRows) {
    if (at !== undefined) return { kind: 'join', alertId: at.alertId };
    const left = before !== undefined && runMs - before.runMs <= reachMs ? before.alertId : undefined;
    const right = after !== undefined && after.runMs - runMs <= reachMs ? after.alertId : undefined;
    if (left !== undefined && right !== undefined && left !== right) return { kind: 'merge', alertIds: [left, right] };
    const joined = left ?? right;
    return joined === undefined ? { kind: 'create' } : { kind: 'join', alertId: joined };
  }
  if (at === undefined) return { kind: 'none' };
  const left = before?.alertId === at.alertId ? before : undefined;
  const right = after?.alertId === at.alertId ? after : undefined;
  if (left === undefined && right === undefined) return { kind: 'retract', alertId: at.alertId };
  if (left !== undefined && right !== undefined && right.runMs - left.runMs > reachMs)
    return { kind: 'split', alertId: at.alertId, fromRunMs: right.runMs };
  return { kind: 'shrink', alertId: at.alertId };
}

/** The definition itself, from the whole set of runs: what the step-by-step changes must come to. */
export function chainsOf(runs: readonly number[], reachMs: number): readonly (readonly number[])[] {
  const chains: number[][] = [];
  for (const runMs of [...new Set(runs)].sort((a, b) => a - b)) {
    const last = chains.at(-1)?.at(-1);
    if (last === undefined || runMs - last > reachMs) chains.push([runMs]);
    else chains.at(-1)?.push(runMs);
  }
  return chains;
}
