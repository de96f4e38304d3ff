import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_BUFFER, MOST_HELD, MOST_SHOWN, pause, receive, resume, type LiveEvent } from './liveBuffer.ts';

const event = (uid: number): LiveEvent => ({ uid: String(uid), table: 'T', row: {} });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => event(from + index));
const uids = (events: readonly LiveEvent[]) => events.map(({ uid }) => uid);

describe('the live buffer', () => {
  it('shows the newest first and drops what is beyond the page', () => {
    const buffer = receive(receive(EMPTY_BUFFER, [event(1), event(2)]), [event(3)]);
    expect(uids(buffer.shown)).toEqual(['3', '2', '1']);
    expect(receive(buffer, range(10, 10 + MOST_SHOWN)).shown).toHaveLength(MOST_SHOWN);
  });

  it('holds what arrives while paused and shows it, in order, on resume', () => {
    const paused = receive(pause(receive(EMPTY_BUFFER, [event(1)])), [event(2), event(3)]);
    expect(uids(paused.shown)).toEqual(['1']);
    expect(uids(resume(paused).shown)).toEqual(['3', '2', '1']);
  });

  it('takes an event once, however often it is sent', () => {
    const buffer = receive(receive(EMPTY_BUFFER, [event(1), event(1)]), [event(1)]);
    expect(uids(buffer.shown)).toEqual(['1']);
    expect(receive(pause(buffer), [event(1)]).held).toEqual([]);
  });

  it('counts what it cannot hold', () => {
    const paused = receive(pause(EMPTY_BUFFER), range(0, MOST_HELD + 7));
    expect(paused.held).toHaveLength(MOST_HELD);
    expect(paused.notHeld).toBe(7);
    expect(resume(paused)).toMatchObject({ held: [], notHeld: 0, paused: false });
  });

  it('loses nothing below its bounds, whatever the order of pauses, resumes and repeats', () => {
    const steps = fc.array(
      fc.oneof(fc.constant('pause'), fc.constant('resume'), fc.array(fc.nat(200), { maxLength: 5 })),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(steps, (list) => {
        let buffer = EMPTY_BUFFER;
        const sent = new Set<string>();
        for (const step of list) {
          if (step === 'pause') buffer = pause(buffer);
          else if (step === 'resume') buffer = resume(buffer);
          else if (Array.isArray(step)) {
            step.forEach((uid) => sent.add(String(uid)));
            buffer = receive(buffer, step.map(event));
          }
        }
        const all = uids(resume(buffer).shown);
        expect(all).toHaveLength(sent.size);
        expect(new Set(all)).toEqual(sent);
      }),
    );
  });
});
