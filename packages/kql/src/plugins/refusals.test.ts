import { afterAll, describe, expect, test } from 'vitest';
import { EMPTY_CATALOGUE, startEngine } from '../../test/engine.ts';

const engine = startEngine();
afterAll(() => engine.close());

const EVENTS =
  "datatable(who: string, t: datetime, n: long, s: string) ['a', datetime(2026-03-01), 1, 'x'] | evaluate ";
const DAYS = 'datetime(2026-03-01), datetime(2026-03-02)';

describe('arguments that the analytic plugins cannot take are refused', () => {
  test.each([
    [`activity_counts_metrics(who, s, ${DAYS}, 1d)`, /GHQ022.*timeline|KS/],
    [`activity_counts_metrics(who, t, 1, 2, 1d)`, /GHQ022.*Start is a long/],
    [`activity_counts_metrics(who, t, ${DAYS}, 5)`, /GHQ022.*Window is a long/],
    [`activity_counts_metrics(who, t, ${DAYS}, 0d)`, /GHQ021.*Window must be greater than zero/],
    [`active_users_count(who, t, ${DAYS}, 8d, 1d, 0, 7d)`, /GHQ021.*ActivePeriodsCount/],
    [`new_activity_metrics(who, t, ${DAYS}, 1d, datetime(2026-03-01), (print a = 'x', b = 'y'))`, /GHQ024|KS/],
    [`identity() | distinct n | evaluate rows_near(n > 1, 1)`, /GHQ026/],
    [`rolling_percentile(n, 101, t, 1d, 3)`, /GHQ020.*percentile/],
    [`rolling_percentile(n, 50, t, 1d, 0)`, /GHQ021.*BinsPerWindow/],
    [`sequence_detect(s, 1d, 1d, a = n > 1)`, /GHQ022|KS/],
    [`funnel_sequence_completion(who, t, ${DAYS}, 1d, s, dynamic([]), dynamic([1h]))`, /GHQ021.*Sequence/],
    [`funnel_sequence_completion(who, t, ${DAYS}, 1d, s, dynamic(['x']), dynamic([1]))`, /GHQ022.*timespans/],
    [`basket(0.0)`, /GHQ021.*Threshold/],
    [`basket(n / 10.0)`, /GHQ020|KS/],
    [`basket('~', s)`, /GHQ022.*weight|KS/],
    [`basket('~', '~', 9)`, /GHQ021.*MaxDimensions/],
    [`autocluster(2)`, /GHQ021.*SizeWeight/],
    [`diffpatterns(nothing, 'a', 'b')`, /GHQ024|KS/],
  ])('%s', (call, reason) => {
    let message = '';
    try {
      engine.answer(EVENTS + call, EMPTY_CATALOGUE);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toMatch(reason);
  });
});
