import type { Rule } from '../../api/types.ts';

export interface RuleHealth {
  readonly label: string;
  readonly tone: 'good' | 'busy' | 'bad' | 'neutral';
}

/** How a rule fares, in a word. */
export function ruleHealth(rule: Pick<Rule, 'enabled' | 'lastError' | 'lastRunAt'>): RuleHealth {
  if (rule.lastError !== null) return { label: 'Failing', tone: 'bad' };
  if (!rule.enabled) return { label: 'Off', tone: 'neutral' };
  if (rule.lastRunAt === null) return { label: 'Not run yet', tone: 'busy' };
  return { label: 'Running', tone: 'good' };
}
