import { confineTo } from '../../../platform/access/index.ts';
import { chainsOf } from '../alerting/chains.ts';
import { hitsOf, type Entity, type HitContent } from '../alerting/content.ts';
import { isTriggered, SEVERITIES, type ExpectedAlert, type Rule, type RuleTest } from '../rule-files/rule.ts';
import type { RunQuery } from '../scheduling/evaluate.ts';
import { lastRunAt, runsOf, runsThatSee } from '../scheduling/grid.ts';

/** An alert as a test sees it. */
export interface FoundAlert {
  readonly title: string;
  readonly severity: string;
  readonly entities: readonly Entity[];
}

/** Most runs that one test evaluates; a longer span is looked at in wider steps, never wider than the rule's period. */
const RUNS_LIMIT = 400;

/** Evaluates every run that sees an event of the test, in the company that holds them, and chains the hits into alerts. */
export async function findAlerts(
  query: RunQuery,
  rule: Rule,
  test: RuleTest,
  company: number,
): Promise<readonly FoundAlert[]> {
  const times = test.events.map(({ timeMs }) => timeMs);
  if (times.length === 0) return [];
  const range = runsThatSee(Math.min(...times), Math.max(...times), rule);
  const count = (range.throughMs - range.fromMs) / rule.frequencyMs + 1;
  const stepMs = Math.min(lastRunAt(rule.periodMs, rule.frequencyMs), Math.ceil(count / RUNS_LIMIT) * rule.frequencyMs);
  const groups = new Map<string, Map<number, HitContent>>();
  for (const runMs of runsOf(range, stepMs)) {
    const result = await query.run(confineTo([company]), rule.query, {
      nowMs: runMs,
      window: { afterMs: runMs - rule.periodMs, throughMs: runMs },
    });
    if (!isTriggered(rule.trigger, result.rows.length)) continue;
    for (const hit of hitsOf(rule, result, runMs)) {
      const group = groups.get(hit.groupHash) ?? new Map<number, HitContent>();
      groups.set(hit.groupHash, group.set(runMs, hit));
    }
  }
  return [...groups.values()].flatMap((hits) =>
    chainsOf([...hits.keys()], rule.periodMs).map((runs) => alertOf(runs.flatMap((run) => hits.get(run) ?? []))),
  );
}

function alertOf(hits: readonly HitContent[]): FoundAlert {
  const rank = Math.max(...hits.map(({ severity }) => SEVERITIES.indexOf(severity)));
  const entities = new Map(hits.flatMap((hit) => hit.entities.map((entity) => [JSON.stringify(entity), entity])));
  return { title: hits[0]?.title ?? '', severity: SEVERITIES[rank] ?? '', entities: [...entities.values()] };
}

/** Compares what came out with what the test wants; undefined where they agree, otherwise a sentence. */
export function judge(test: RuleTest, found: readonly FoundAlert[]): string | undefined {
  const left = [...found];
  const missing = test.alerts.filter((expected) => {
    const at = left.findIndex((alert) => matches(alert, expected));
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
  if (missing.length === 0 && left.length === 0) return undefined;
  const parts = [
    ...missing.map((expected) => `expected ${JSON.stringify(expected)}`),
    ...left.map((alert) => `not expected ${JSON.stringify(alert)}`),
  ];
  return `${test.name}: ${parts.join('; ')}`;
}

function matches(alert: FoundAlert, expected: ExpectedAlert): boolean {
  return (
    (expected.severity === undefined || expected.severity === alert.severity) &&
    (expected.title === undefined || expected.title === alert.title) &&
    expected.entities.every(({ type, identifiers }) =>
      alert.entities.some(
        (entity) =>
          entity.type === type &&
          Object.entries(identifiers).every(([name, value]) => entity.identifiers[name] === value),
      ),
    )
  );
}
