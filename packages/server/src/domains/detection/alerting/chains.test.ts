import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainsOf, planChange, type Hit } from './chains.ts';

/** Applies the planned changes to a set of hits as the store does; ids count up, so a smaller id is the older alert. */
class Alerts {
  readonly hits = new Map<number, number>();
  #next = 1;

  apply(runMs: number, hasRows: boolean, reachMs: number): void {
    const runs = [...this.hits.keys()].sort((a, b) => a - b);
    const hit = (run: number | undefined): Hit | undefined =>
      run === undefined ? undefined : { runMs: run, alertId: String(this.hits.get(run)) };
    const change = planChange(
      {
        at: this.hits.has(runMs) ? hit(runMs) : undefined,
        before: hit(runs.filter((run) => run < runMs).at(-1)),
        after: hit(runs.find((run) => run > runMs)),
      },
      hasRows,
      runMs,
      reachMs,
    );
    if (!hasRows) this.hits.delete(runMs);
    switch (change.kind) {
      case 'create':
        this.hits.set(runMs, this.#next++);
        break;
      case 'join':
        this.hits.set(runMs, Number(change.alertId));
        break;
      case 'merge': {
        const [older, younger] = change.alertIds.map(Number).sort((a, b) => a - b);
        for (const [run, id] of this.hits) if (id === younger) this.hits.set(run, older!);
        this.hits.set(runMs, older!);
        break;
      }
      case 'split': {
        const id = this.#next++;
        for (const [run, old] of this.hits)
          if (old === Number(change.alertId) && run >= change.fromRunMs) this.hits.set(run, id);
        break;
      }
      case 'none':
      case 'retract':
      case 'shrink':
        break;
    }
  }

  chains(): number[][] {
    const byAlert = new Map<number, number[]>();
    for (const [run, id] of [...this.hits].sort(([a], [b]) => a - b))
      byAlert.set(id, [...(byAlert.get(id) ?? []), run]);
    return [...byAlert.values()].sort((a, b) => a[0]! - b[0]!);
  }
}

const evaluations = fc.array(fc.record({ run: fc.integer({ min: 0, max: 30 }), hasRows: fc.boolean() }), {
  maxLength: 60,
});

test('whatever the order of evaluations, the alerts are the maximal chains of the final hits', () => {
  fc.assert(
    fc.property(evaluations, fc.integer({ min: 1, max: 5 }), (steps, reach) => {
      const alerts = new Alerts();
      const present = new Map<number, boolean>();
      for (const { run, hasRows } of steps) {
        alerts.apply(run, hasRows, reach);
        present.set(run, hasRows);
      }
      const runs = [...present].filter(([, has]) => has).map(([run]) => run);
      expect(alerts.chains()).toEqual(chainsOf(runs, reach));
    }),
    { numRuns: 2000 },
  );
});

test('runs exactly the reach apart are one chain, one further are two', () => {
  expect(chainsOf([0, 3, 6], 3)).toEqual([[0, 3, 6]]);
  expect(chainsOf([0, 3, 7], 3)).toEqual([[0, 3], [7]]);
});
