const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in words: `5 minutes`, `1 hour 30 minutes`. */
export function formatSpan(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const words: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length);
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
    left -= count * length;
  }
  return words.length === 0 ? '0 seconds' : words.join(' ');
}
