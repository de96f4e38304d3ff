import { textOf } from '../../components/visibleText.ts';

/** Longs past 2^53 and decimals come as text; they are compared as numbers all the same, exactly where they are whole. */
function numberOrder(a: unknown, b: unknown): number {
  const [left, right] = [textOf(a), textOf(b)];
  if (/^-?\d+$/.test(left) && /^-?\d+$/.test(right)) {
    const difference = BigInt(left) - BigInt(right);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  return Number(left) - Number(right);
}

/** `d.hh:mm:ss.fffffff` of Kusto in ticks of 100 ns; undefined where the text is none. */
function ticksOf(text: string): bigint | undefined {
  const match = /^(-)?(?:(\d+)\.)?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  const whole = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const ticks = whole * 10_000_000n + BigInt(fraction.padEnd(7, '0'));
  return sign === undefined ? ticks : -ticks;
}

function spanOrder(a: unknown, b: unknown): number {
  const [left, right] = [ticksOf(textOf(a)), ticksOf(textOf(b))];
  if (left === undefined || right === undefined) return textOrder(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOrder(a: unknown, b: unknown): number {
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const ORDERS: Readonly<Record<string, (a: unknown, b: unknown) => number>> = {
  int: numberOrder,
  long: numberOrder,
  real: numberOrder,
  decimal: numberOrder,
  timespan: spanOrder,
};

/** Order of two values of a result column; what is absent comes before everything else. */
export function compareValues(a: unknown, b: unknown, type: string): number {
  const [noLeft, noRight] = [a === null || a === undefined, b === null || b === undefined];
  if (noLeft || noRight) return Number(noRight) - Number(noLeft);
  return (ORDERS[type] ?? textOrder)(a, b);
}
