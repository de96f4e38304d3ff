import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownUids } from './known.ts';

describe('KnownUids', () => {
  it('is sure of nothing before it is loaded, and remembers what came meanwhile', () => {
    const known = new KnownUids(Infinity);
    expect(known.judge('a', 100)).toBe('unknown');
    known.remember('a', 100);
    known.loadedSince(50);
    expect([known.judge('a', 100), known.judge('b', 100), known.judge('b', 49)]).toEqual(['maybe', 'new', 'unknown']);
  });

  it('never calls new what was remembered, however often its memory turned', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 60 }),
        (times, limit) => {
          const known = new KnownUids(-Infinity, limit);
          times.forEach((time, index) => {
            known.remember(`key-${index}`, time);
          });
          times.forEach((time, index) => {
            expect(known.judge(`key-${index}`, time)).not.toBe('new');
          });
        },
      ),
    );
  });

  it('is still sure of what is later than all it forgot', () => {
    const known = new KnownUids(-Infinity, 10);
    for (let index = 0; index < 100; index += 1) known.remember(`key-${index}`, index);
    expect(known.judge('another', 100)).toBe('new');
    expect(known.completeSinceMs).toBeGreaterThan(0);
  });

  it('holds many keys', () => {
    const known = new KnownUids(-Infinity);
    for (let index = 0; index < 50_000; index += 1) known.remember(`1/SignInEvents_CL/${index}`, index);
    let wrong = 0;
    for (let index = 0; index < 50_000; index += 1) {
      if (known.judge(`1/SignInEvents_CL/${index}`, index) !== 'maybe') wrong += 1;
      if (known.judge(`2/SignInEvents_CL/${index}`, index) !== 'new') wrong += 1;
    }
    expect(wrong).toBe(0);
  });
});
