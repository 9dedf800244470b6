import { describe, expect, it } from 'vitest';
import { closingOf } from './closing.ts';
import { FIRST_LINK, type Link } from './link.ts';
import { statusOf } from './status.ts';

const labelOf = (link: Partial<Link>) => statusOf({ ...FIRST_LINK, device: 'kept', ...link }, null).label;

describe('statusOf', () => {
  it('says saved only when the cluster has acknowledged on a live connection', () => {
    expect(labelOf({ server: 'live', acknowledged: true })).toBe('All changes saved');
    expect(labelOf({ server: 'live', acknowledged: false })).toBe('Saving…');
    for (const server of ['connecting', 'lost', 'stopped'] as const) {
      expect(labelOf({ server, acknowledged: true })).not.toBe('All changes saved');
    }
  });

  it('says offline at once when the page was opened without a server, later when one was lost', () => {
    expect(labelOf({})).toBe('Opening…');
    expect(labelOf({ failures: 1 })).toBe('Offline, saved on this device');
    expect(labelOf({ server: 'lost', failures: 1 })).toBe('Reconnecting… saved on this device');
    expect(labelOf({ server: 'lost', failures: 3 })).toBe('Offline, saved on this device');
    expect(labelOf({ server: 'lost', browserOffline: true })).toBe('Offline, saved on this device');
  });

  it('claims no copy on the device where there is none', () => {
    expect(labelOf({ failures: 1, device: 'not_kept' })).toBe('Offline, not saved on this device');
    expect(labelOf({ server: 'lost', device: 'not_kept' })).toBe('Reconnecting… not saved on this device');
  });

  it('says that the device is full, also while the server is away and nothing is at risk', () => {
    const full = (link: Partial<Link>) => statusOf({ ...FIRST_LINK, device: 'full', ...link }, null);
    for (const server of ['connecting', 'live', 'lost'] as const)
      expect(full({ server }).label).toBe('Storage full, not saved on this device');
    expect(full({ server: 'live', isUnsent: true }).kind).toBe('full');
  });

  it('says what to do, before all else, when what was written is nowhere else and no answer is being waited for', () => {
    const closing = closingOf(4003, '', 'name');
    for (const device of ['reading', 'kept', 'not_kept', 'full'] as const)
      for (const server of ['connecting', 'live', 'lost', 'stopped'] as const)
        for (const isUnsent of [true, false])
          for (const failures of [0, 5]) {
            const { kind } = statusOf(
              { ...FIRST_LINK, device, server, isUnsent, failures },
              server === 'stopped' ? closing : null,
            );
            expect(kind === 'unsaved').toBe(isUnsent && device !== 'kept' && server !== 'live');
          }
    expect(labelOf({ server: 'lost', device: 'not_kept', isUnsent: true })).toBe('Not saved: keep this tab open');
  });

  it('says that they can view to a reader, whose unsynced count never falls', () => {
    expect(labelOf({ server: 'live', readonly: true })).toBe('You can view');
  });
});

describe('closingOf', () => {
  it('ends the session for what trying again does not mend, and for nothing else', () => {
    for (const code of [1009, 4001, 4003, 4400, 4404, 4409, 4413, 4500])
      expect(closingOf(code, '', 'name')?.code).toBe(code);
    for (const code of [1000, 1006, 1011, 1012, 1013, 4408, 4429, 4503]) expect(closingOf(code, '', 'name')).toBeNull();
  });

  it('knows after which of them what this device has stands in the way', () => {
    const refused = [1009, 4001, 4003, 4400, 4404, 4409, 4413, 4500].filter(
      (code) => closingOf(code, '', 'name')?.refused,
    );
    expect(refused).toEqual([1009, 4400, 4413]);
  });

  it('passes on what the server said when it is a sentence', () => {
    expect(closingOf(4413, 'The change has 9 MB', 'name')?.detail).toMatch(/^The change has 9 MB\. /);
    expect(closingOf(4413, 'too_large', 'name')?.detail).toMatch(/^Your last changes/);
  });

  it('tells who is shut out what to do by what they came with, and lets only who can come back write on', () => {
    const said = 'What was to let you in was revoked.';
    const titles = (['name', 'sign_in', 'link'] as const).map((by) => closingOf(4001, said, by)!.title);
    expect(titles).toEqual(['Sign in to open this plan', 'Sign in again', 'This link no longer works']);
    for (const by of ['name', 'sign_in', 'link'] as const)
      for (const code of [4001, 4003]) {
        const { shutOut, readOnly, waysOut, detail } = closingOf(code, said, by)!;
        expect(shutOut).toBe(true);
        expect(readOnly).toBe(!(by === 'sign_in' && code === 4001));
        expect(waysOut).toContain('see');
        expect(detail).not.toContain(said);
      }
  });
});
