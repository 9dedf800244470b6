import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, type FanoutFrame } from './frames.ts';

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const update = fc.uint8Array({ maxLength: 300 });
/** Also what no encoding of Unicode can hold. */
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });

const edit: fc.Arbitrary<FanoutFrame> = fc.record({
  type: fc.constant('edit:v2' as const),
  pod: anyText,
  seq: count,
  nonce: count,
  previous: count,
  rows: fc.array(fc.record({ actor: anyText, update })),
});
const awareness: fc.Arbitrary<FanoutFrame> = fc.record({
  type: fc.constant('awareness:v1' as const),
  pod: anyText,
  update,
  removed: fc.array(count),
});
const query: fc.Arbitrary<FanoutFrame> = fc.record({ type: fc.constant('awareness-query:v1' as const), pod: anyText });
const frames = fc.oneof(edit, awareness, query);

describe('frames between pods', () => {
  it('come out as they went in, wherever they lie in memory', () => {
    fc.assert(
      fc.property(frames, fc.nat({ max: 9 }), (frame, offset) => {
        const bytes = encodeFrame(frame);
        expect(decodeFrame(bytes)).toEqual(frame);
        const buffer = new Uint8Array(bytes.length + 20).fill(255);
        buffer.set(bytes, offset);
        expect(decodeFrame(buffer.subarray(offset, offset + bytes.length))).toEqual(frame);
      }),
    );
  });

  it('are nothing when cut short or followed by anything', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 5 }), (frame, at, more) => {
        const bytes = encodeFrame(frame);
        expect(decodeFrame(bytes.subarray(0, at % bytes.length))).toBeNull();
        expect(decodeFrame(Uint8Array.of(...bytes, ...more))).toBeNull();
      }),
    );
  });

  it('never throw, whatever the bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })));
    fc.assert(
      fc.property(frames, changes, (frame, changes) => {
        const bytes = encodeFrame(frame);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(() => decodeFrame(bytes)).not.toThrow();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(decodeFrame(bytes)).toBeNull();
      }),
    );
  });

  it.each([
    ['another type', { type: 'edit:v2', pod: 'a', rows: [] }],
    ['a field too many', { type: 'edit:v2', pod: 'a', rows: [], more: 1 }],
    ['a length that is none', { type: 'edit:v2', pod: 'a', rows: [[1, 'a', -1]] }],
    ['a client id that is none', { type: 'awareness:v1', pod: 'a', removed: [0.5], length: 0 }],
    ['no object', null],
  ])('are nothing with %s', (_, header) => {
    const head = Buffer.from(JSON.stringify(header));
    const bytes = Buffer.concat([Buffer.alloc(4), head]);
    bytes.writeUInt32BE(head.length);
    expect(decodeFrame(bytes)).toBeNull();
  });

  it('carry little beside their updates', () => {
    const pod = 'sync-7d4b9c-abcde';
    const rows = Array.from({ length: 4 }, () => ({ actor: 'person:1', update: new Uint8Array(30) }));
    const at = { seq: 1_000_000, nonce: Number.MAX_SAFE_INTEGER, previous: Number.MAX_SAFE_INTEGER };
    expect(encodeFrame({ type: 'edit:v2', pod, ...at, rows }).length).toBeLessThan(320);
  });
});
