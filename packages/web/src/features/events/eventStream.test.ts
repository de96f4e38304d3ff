import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamReader } from './eventStream.ts';

const STREAM = 'retry: 1000\n\nid: 1\ndata: [1]\n\n: still here\n\nid: 2\r\ndata: a\r\ndata:b\r\n\r\ndata: ünï\n\n';

describe('EventStreamReader', () => {
  it('reads messages, the place and the time to wait', () => {
    const reader = new EventStreamReader();
    expect(reader.read(STREAM)).toEqual([{ data: '[1]' }, { data: 'a\nb' }, { data: 'ünï' }]);
    expect(reader.lastEventId).toBe('2');
    expect(reader.retryMs).toBe(1000);
  });

  it('reads the same in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 12 }), (cuts) => {
        const reader = new EventStreamReader();
        const places = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
        const messages = places.slice(1).flatMap((end, index) => reader.read(STREAM.slice(places[index], end)));
        expect(messages).toEqual([{ data: '[1]' }, { data: 'a\nb' }, { data: 'ünï' }]);
      }),
    );
  });

  it('keeps the place of the last whole message when the stream is cut off inside the next', () => {
    const reader = new EventStreamReader();
    reader.read('id: 1\ndata: x\n\nid: 2\ndata: half');
    reader.restart();
    expect(reader.lastEventId).toBe('1');
    expect(reader.read('id: 2\ndata: whole\n\n')).toEqual([{ data: 'whole' }]);
    expect(reader.lastEventId).toBe('2');
  });
});
