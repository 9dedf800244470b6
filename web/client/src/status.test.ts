import { describe, expect, it } from 'vitest';
import { closingOf } from './closing.ts';
import { FIRST_LINK, type Link } from './link.ts';
import { statusOf } from './status.ts';

const statusAt = (link: Partial<Link>) => statusOf({ ...FIRST_LINK, device: 'kept', ...link }, null);

describe('statusOf', () => {
  it('says saved only when the cluster has acknowledged on a live connection', () => {
    expect(statusAt({ server: 'live', acknowledged: true })).toBe('saved');
    expect(statusAt({ server: 'live', acknowledged: false })).toBe('saving');
    for (const server of ['connecting', 'lost', 'stopped'] as const)
      expect(statusAt({ server, acknowledged: true })).not.toBe('saved');
  });

  it('says offline at once when the page was opened without a server, later when one was lost', () => {
    expect(statusAt({})).toBe('opening');
    expect(statusAt({ failures: 1 })).toBe('offline');
    expect(statusAt({ server: 'lost', failures: 1 })).toBe('reconnecting');
    expect(statusAt({ server: 'lost', failures: 3 })).toBe('offline');
    expect(statusAt({ server: 'lost', browserOffline: true })).toBe('offline');
  });

  it('says that the device is full, also while the server is away and nothing is at risk', () => {
    for (const server of ['connecting', 'live', 'lost'] as const)
      expect(statusAt({ device: 'full', server })).toBe('full');
    expect(statusAt({ device: 'full', server: 'live', isUnsent: true })).toBe('full');
  });

  it('says so, before all else, when what was written is nowhere else and no answer is being waited for', () => {
    const closing = closingOf(4003, '');
    for (const device of ['reading', 'kept', 'not_kept', 'full'] as const)
      for (const server of ['connecting', 'live', 'lost', 'stopped'] as const)
        for (const isUnsent of [true, false])
          for (const failures of [0, 5]) {
            const link = { ...FIRST_LINK, device, server, isUnsent, failures };
            const status = statusOf(link, server === 'stopped' ? closing : null);
            expect(status === 'unsaved').toBe(isUnsent && device !== 'kept' && server !== 'live');
          }
  });

  it('says that they can view to a reader, whose unsynced count never falls', () => {
    expect(statusAt({ server: 'live', readonly: true })).toBe('readonly');
  });

  it('tells being shut out from being refused', () => {
    for (const code of [4001, 4003])
      expect(statusOf({ ...FIRST_LINK, server: 'stopped' }, closingOf(code, ''))).toBe('removed');
    for (const code of [4400, 4404, 4413, 4500])
      expect(statusOf({ ...FIRST_LINK, server: 'stopped' }, closingOf(code, ''))).toBe('refused');
  });
});

describe('closingOf', () => {
  const ENDING = [1009, 4001, 4003, 4400, 4404, 4409, 4413, 4500];

  it('ends the session for what trying again does not mend, and for nothing else', () => {
    for (const code of ENDING) expect(closingOf(code, '')?.code).toBe(code);
    for (const code of [1000, 1006, 1011, 1012, 1013, 4408, 4429, 4503]) expect(closingOf(code, '')).toBeNull();
  });

  it('knows after which of them what this device has stands in the way, and after which one is shut out', () => {
    expect(ENDING.filter((code) => closingOf(code, '')?.refused)).toEqual([1009, 4400, 4413]);
    expect(ENDING.filter((code) => closingOf(code, '')?.shutOut)).toEqual([4001, 4003]);
  });

  it('passes on what the server said', () => {
    expect(closingOf(4413, ' The change has 9 MB ')?.said).toBe('The change has 9 MB');
  });
});
