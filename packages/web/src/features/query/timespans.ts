/** Spans to choose from: ISO 8601 durations, as the Log Analytics query API takes them. An empty one leaves the time to the query. */
export const TIMESPANS = [
  { value: 'PT15M', label: 'Last 15 minutes' },
  { value: 'PT1H', label: 'Last hour' },
  { value: 'PT4H', label: 'Last 4 hours' },
  { value: 'P1D', label: 'Last 24 hours' },
  { value: 'P7D', label: 'Last 7 days' },
  { value: 'P30D', label: 'Last 30 days' },
  { value: '', label: 'All time, or as the query says' },
] as const;

export const DEFAULT_TIMESPAN = 'P1D';

/** The choices, with the one that a link brought where it is none of them. */
export function choicesWith(timespan: string): readonly { readonly value: string; readonly label: string }[] {
  return TIMESPANS.some(({ value }) => value === timespan)
    ? TIMESPANS
    : [...TIMESPANS, { value: timespan, label: timespan }];
}
