import { describe, expect, it } from 'vitest';
import { anchorDigits, anchorOf, anchorsOf, isAnchorOf } from './anchor.ts';

describe('anchors', () => {
  it('[M8] are five base-36 digits, the same everywhere', () => {
    expect(anchorOf('initialBlockId')).toBe('tl9ni');
    expect(anchorDigits('x')).toMatch(/^[0-9a-z]{40}$/);
  });

  it('[M8] lengthen where two blocks collide, and only there', () => {
    const seen = new Map<string, string>();
    let pair: [string, string] | undefined;
    for (let n = 0; !pair; n++) {
      const id = `block-${n}`;
      const other = seen.get(anchorOf(id));
      if (other) pair = [other, id];
      seen.set(anchorOf(id), id);
    }
    const anchors = anchorsOf([...pair, 'initialBlockId', 'initialBlockId']);
    expect(anchors.get('initialBlockId')).toBe('tl9ni');
    const [one, two] = pair.map((id) => anchors.get(id)!);
    expect(one!.length).toBeGreaterThan(5);
    expect(one).not.toBe(two);
    expect(isAnchorOf(one!, pair[0])).toBe(true);
    expect(isAnchorOf(one!, pair[1])).toBe(false);
    expect(isAnchorOf(anchorOf(pair[0]).slice(0, 4), pair[0])).toBe(false);
  });
});
