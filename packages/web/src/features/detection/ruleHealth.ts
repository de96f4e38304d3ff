import type { Rule } from '../../api/types.ts';

export interface RuleHealth {
  readonly label: string;
  readonly tone: 'good' | 'busy' | 'bad' | 'neutral';
}

/** A rule that is this far behind its schedule is shown as late: two of the scheduler's usual intervals. */
const LATE_AFTER_SECONDS = 600;

/** How a rule fares, in a word. */
export function ruleHealth(rule: Pick<Rule, 'state' | 'lastRunAt' | 'lagSeconds'>): RuleHealth {
  switch (rule.state) {
    case 'failing':
      return { label: 'Failing', tone: 'bad' };
    case 'disabled':
      return { label: 'Does not run', tone: 'neutral' };
    case 'running':
      if (rule.lastRunAt === null) return { label: 'Waiting for events', tone: 'neutral' };
      return (rule.lagSeconds ?? 0) > LATE_AFTER_SECONDS
        ? { label: 'Behind', tone: 'busy' }
        : { label: 'Running', tone: 'good' };
  }
}
