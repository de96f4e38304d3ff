/** Rows that fingers and minds walk along: digits, alphabet, keyboard rows and columns (QWERTY, QWERTZ, AZERTY). */
const WALKS = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'qsdfghjklm',
  'zxcvbnm',
  'yxcvbnm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1q2w3e4r5t6y7u8i9o0p',
  '!@#$%^&*()',
];

/** Pairs of neighbours in any walk, in both directions. */
const NEIGHBOURS: ReadonlySet<string> = new Set(
  WALKS.flatMap((walk) =>
    Array.from(walk)
      .slice(1)
      .flatMap((character, index) => [`${walk[index] ?? ''}${character}`, `${character}${walk[index] ?? ''}`]),
  ),
);

/** Share of neighbouring pairs from which on a password is a walk and not a thought. */
const WALK_SHARE = 0.75;

/** True when at least three quarters of the steps from one character to the next go along a walk or stand still. */
export function isMadeOfRuns(folded: string): boolean {
  const all = Array.from(folded);
  let along = 0;
  for (let index = 1; index < all.length; index += 1) {
    const [before, after] = [all[index - 1] ?? '', all[index] ?? ''];
    if (before === after || NEIGHBOURS.has(before + after)) along += 1;
  }
  return all.length > 1 && along / (all.length - 1) >= WALK_SHARE;
}

/** True for fewer than five different characters, or one piece of up to six characters repeated to the end. */
export function isRepetition(folded: string): boolean {
  const all = Array.from(folded);
  if (new Set(all).size < 5) return true;
  for (let period = 1; period <= 6; period += 1)
    if (
      period * 2 <= all.length &&
      all.every((character, index) => index < period || character === all[index - period])
    )
      return true;
  return false;
}
