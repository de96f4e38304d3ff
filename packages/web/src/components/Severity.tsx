import classes from './Severity.module.css';

const KNOWN: Readonly<Record<string, string>> = {
  high: 'high',
  medium: 'medium',
  low: 'low',
  informational: 'informational',
};

/** Sentinel's severities: a word, with a colour that only repeats it. */
export function Severity({ value }: { readonly value: string }) {
  const level = KNOWN[value.toLowerCase()] ?? 'informational';
  return (
    <span className={classes.severity} data-level={level}>
      {value}
    </span>
  );
}

/** A state in a pill: a word, with a colour that only repeats it. */
export function State({
  value,
  tone = 'neutral',
}: {
  readonly value: string;
  readonly tone?: 'good' | 'bad' | 'busy' | 'neutral';
}) {
  return (
    <span className={classes.state} data-tone={tone}>
      {value}
    </span>
  );
}
