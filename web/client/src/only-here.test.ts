import { describe, expect, it } from 'vitest';
import type { Link } from './link.ts';
import { isOnlyHere } from './only-here.ts';

const DEVICES: Record<Link['device'], boolean> = { reading: false, kept: true, not_kept: false, full: false };

describe('isOnlyHere', () => {
  it('is so when something is unsent and the device is not known to keep it, and never else', () => {
    for (const [device, isKept] of Object.entries(DEVICES) as [Link['device'], boolean][]) {
      expect(isOnlyHere({ isUnsent: true, device })).toBe(!isKept);
      expect(isOnlyHere({ isUnsent: false, device })).toBe(false);
    }
  });
});
