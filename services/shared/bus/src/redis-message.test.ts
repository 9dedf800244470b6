import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRedisMessage, encodeRedisMessage } from './redis-message.ts';

describe('messages on Redis', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.option(fc.uint8Array({ maxLength: 100 })), (pod, frame) => {
        const message = decodeRedisMessage(encodeRedisMessage({ pod, frame }))!;
        expect(message.pod).toBe(pod);
        expect(message.frame && [...message.frame]).toEqual(frame && [...frame]);
      }),
    );
  });

  it('are nothing when nobody of us wrote them', () => {
    for (const bytes of [[], [1], [1, 5, 65], [3, 1, 65, 0], [...Buffer.from('hello')]])
      expect(decodeRedisMessage(Uint8Array.from(bytes))).toBeNull();
  });
});
