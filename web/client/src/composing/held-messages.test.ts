// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Composition } from './composition.ts';
import { HeldMessages } from './held-messages.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page with a field, and what has got through to the document. */
function page() {
  const field = document.createElement('input');
  document.body.replaceChildren(field);
  const composition = new Composition();
  composition.watch(window);
  composition.beforeChanges(() => entered.push('field'));
  const entered: string[] = [];
  const provider = {
    onMessage({ data }: MessageEvent<ArrayBuffer>) {
      const text = new TextDecoder().decode(data);
      if (text === 'broken') throw new Error('broken');
      entered.push(text.slice(0, 9));
    },
  };
  const held = new HeldMessages(provider, composition);
  const hear = (...texts: string[]) => {
    for (const text of texts)
      provider.onMessage(new MessageEvent('message', { data: new TextEncoder().encode(text).buffer as ArrayBuffer }));
  };
  const event = (type: string) => field.dispatchEvent(new Event(type, { bubbles: true }));
  return { field, held, hear, event, entered };
}

it('lets everything in at once while nobody composes', () => {
  const { hear, entered } = page();
  hear('1', '2');
  expect(entered).toEqual(['1', '2']);
});

it('lets in what came during a composition after its end, in order, when the field was told', () => {
  const { hear, event, entered } = page();
  event('compositionstart');
  hear('1', '2');
  event('compositionend');
  hear('3');
  vi.advanceTimersByTime(30);
  expect(entered).toEqual([]);
  vi.advanceTimersByTime(30);
  hear('4');
  expect(entered).toEqual(['field', '1', '2', '3', '4']);
});

it('holds on from one composition to the next', () => {
  const { hear, event, entered } = page();
  event('compositionstart');
  hear('1');
  event('compositionend');
  event('compositionstart');
  vi.advanceTimersByTime(1_000);
  expect(entered).toEqual([]);
});

it('holds nothing for longer than ten seconds, and then again', () => {
  const { hear, event, entered } = page();
  event('compositionstart');
  vi.advanceTimersByTime(60_000);
  hear('1');
  vi.advanceTimersByTime(9_000);
  hear('2');
  expect(entered).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(entered).toEqual(['field', '1', '2']);
  hear('3');
  expect(entered).toHaveLength(3);
  vi.advanceTimersByTime(10_000);
  expect(entered.slice(3)).toEqual(['field', '3']);
});

it('holds no more than a mebibyte', () => {
  const { hear, event, entered } = page();
  event('compositionstart');
  hear('1', '2'.repeat(1024 * 1024 - 1));
  expect(entered).toEqual([]);
  hear('3');
  expect(entered).toEqual(['field', '1', '222222222', '3']);
});

it.each(['blur', 'pagehide'])('lets in at %s', (type) => {
  const { hear, event, entered } = page();
  event('compositionstart');
  hear('1');
  event(type);
  vi.advanceTimersByTime(50);
  expect(entered).toEqual(['field', '1']);
});

it('lets in with the next message when the field is gone', () => {
  const { field, hear, event, entered } = page();
  event('compositionstart');
  hear('1');
  field.remove();
  hear('2');
  expect(entered).toEqual(['field', '1', '2']);
});

it('lets in at its end, and forgets what came over a connection that is gone', () => {
  const { held, hear, event, entered } = page();
  event('compositionstart');
  hear('1');
  held.drop();
  hear('2');
  held.end();
  expect(entered).toEqual(['field', '2']);
});

it('lets in what stands behind a message that cannot be read', () => {
  const reported = vi.fn<(error: unknown) => void>();
  vi.stubGlobal('reportError', reported);
  const { hear, event, entered } = page();
  event('compositionstart');
  hear('broken', '1');
  event('pagehide');
  expect([entered, reported.mock.calls.length]).toEqual([['field', '1'], 1]);
  vi.unstubAllGlobals();
});
