import { afterAll, describe, expect, test } from 'vitest';
import { EMPTY_CATALOGUE, startEngine } from '../../test/engine.ts';

const engine = startEngine();
afterAll(() => engine.close());

describe('what top-nested and reduce cannot take is refused', () => {
  test.each([
    ["print text = 'a' | reduce by text with threshold = 2", /GHQ021: reduce's threshold/],
    ["print text = 'a' | reduce by text with characters = ''", /GHQ020: reduce's characters/],
    ["print text = 'a' | reduce kind=other by text", /GHQ013|KS/],
    [
      "print text = 'a', n = 1 | top-nested 1 of n with others = 'all' by count(), top-nested of text by max(n)",
      /GHQ022/,
    ],
    [
      "print text = 'a', at = now() | top-nested 1 of at with others = 1d by count(), top-nested of text by max(at)",
      /GHQ022|KS/,
    ],
  ])('%s', (query, reason) => {
    let message = '';
    try {
      engine.answer(query, EMPTY_CATALOGUE);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toMatch(reason);
  });
});
