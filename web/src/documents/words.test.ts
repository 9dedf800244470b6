import type { Closing, ClosingReason, Link } from '@syncline/client';
import { describe, expect, it } from 'vitest';
import { closingWords } from './closing-words.ts';
import { statusWords } from './status-words.ts';

const LINK: Link = {
  device: 'kept',
  server: 'live',
  failures: 0,
  browserOffline: false,
  acknowledged: false,
  isUnsent: false,
  readonly: false,
};

const closingFor = (reason: ClosingReason, said = ''): Closing => ({
  code: 4000,
  reason,
  said,
  refused: reason === 'invalid' || reason === 'too_large',
  shutOut: reason === 'unauthorized' || reason === 'forbidden',
});

describe('statusWords', () => {
  it('claims a copy on the device only where there is one', () => {
    const labels = (device: Link['device']) =>
      (['offline', 'reconnecting'] as const).map((status) => statusWords(status, { ...LINK, device }, null).label);
    expect(labels('kept')).toEqual(['Offline, saved on this device', 'Reconnecting… saved on this device']);
    expect(labels('not_kept')).toEqual(['Offline, not saved on this device', 'Reconnecting… not saved on this device']);
  });

  it('says saved of nothing but what is saved', () => {
    expect(statusWords('saved', LINK, null).label).toBe('All changes saved');
    expect(statusWords('saving', LINK, null).label).toBe('Saving…');
    expect(statusWords('unsaved', { ...LINK, device: 'not_kept' }, null).label).toBe('Not saved: keep this tab open');
    expect(statusWords('full', { ...LINK, device: 'full' }, null).label).toBe('Storage full, not saved on this device');
  });

  it('says why the server closed the document, and that a version is being set aside', () => {
    const closing = closingWords(closingFor('forbidden'), 'name');
    expect(statusWords('removed', { ...LINK, server: 'stopped' }, closing).label).toBe('Access removed');
    expect(statusWords('refused', { ...LINK, server: 'setting_aside' }, null).label).toMatch(/^Setting your version/);
  });
});

describe('closingWords', () => {
  it('pass on what the server said when it is a sentence', () => {
    expect(closingWords(closingFor('too_large', 'The change has 9 MB'), 'name').detail).toMatch(
      /^The change has 9 MB\. Your last/,
    );
    expect(closingWords(closingFor('too_large', 'too_large'), 'name').detail).toMatch(/^Your last changes/);
  });

  it('tell who is shut out what to do by what they came with, and let only who can come back write on', () => {
    const said = 'What was to let you in was revoked.';
    const titles = (['name', 'sign_in', 'link'] as const).map(
      (by) => closingWords(closingFor('unauthorized', said), by).title,
    );
    expect(titles).toEqual(['Sign in to open this plan', 'Sign in again', 'This link no longer works']);
    for (const by of ['name', 'sign_in', 'link'] as const)
      for (const reason of ['unauthorized', 'forbidden'] as const) {
        const { readOnly, waysOut, detail } = closingWords(closingFor(reason, said), by);
        expect(readOnly).toBe(!(by === 'sign_in' && reason === 'unauthorized'));
        expect(waysOut).toContain('see');
        expect(detail).not.toContain(said);
      }
  });
});
