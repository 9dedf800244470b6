import { KIND_MODELS } from '@syncline/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { CheckedAwareness } from './checked-awareness.ts';
import { readPresences } from './presence.ts';
import { followChanges, type RecentChanges } from './recent-changes.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A page that hears what pods say of those at work. */
function page() {
  const [heard, theirs] = [new Awareness(new Y.Doc()), new Awareness(new Y.Doc())];
  const mine = new CheckedAwareness(heard, KIND_MODELS.plan.presence);
  mine.setLocalState({ user: { id: 'me', kind: 'human', name: 'Me', color: '#112233' } });
  let clock = 0;
  const hear = (client: number, state: object | null) => {
    theirs.meta.set(client, { clock: (clock += 1), lastUpdated: 0 });
    const states = new Map(state === null ? [] : [[client, state as Record<string, unknown>]]);
    applyAwarenessUpdate(heard, encodeAwarenessUpdate(theirs, [client], states), 'server');
  };
  const edits = (
    client: number,
    revision: number,
    changed: string[],
    user = { id: 'c', kind: 'agent', name: 'Claude' },
  ) => hear(client, { user: { ...user, color: '#000000', activity: { type: 'editing', revision, changed } } });
  const reads = (client: number) =>
    hear(client, { user: { id: 'c', kind: 'agent', name: 'Claude', activity: { type: 'reading' } } });
  let changes: RecentChanges = new Map();
  const follow = () => followChanges(mine, (now) => (changes = now));
  const places = () => [...changes].map(([place, { name }]) => `${place} by ${name}`);
  return { mine, hear, edits, reads, follow, places, changes: () => changes };
}

describe('[S57] what others have changed through the gateway', () => {
  it('is recent for five seconds from when it was heard of, in a colour of ours', () => {
    const { edits, reads, follow, places, changes } = page();
    follow();
    edits(1, 7, ['a', 'b']);
    expect(places()).toEqual(['a by Claude', 'b by Claude']);
    expect(changes().get('a')!.color).toMatch(/^#(?!000000)[0-9a-f]{6}$/);
    reads(1);
    vi.advanceTimersByTime(3_000);
    edits(1, 8, ['b']);
    vi.advanceTimersByTime(2_000);
    expect(places()).toEqual(['b by Claude']);
    vi.advanceTimersByTime(3_000);
    expect(places()).toEqual([]);
  });

  it('is told once, and not what was done before one began to look', () => {
    const { edits, hear, follow, places } = page();
    edits(1, 7, ['a']);
    const stop = follow();
    edits(1, 7, ['a', 'b']);
    expect(places()).toEqual([]);
    edits(1, 8, ['b']);
    edits(2, 8, ['c'], { id: 'd', kind: 'agent', name: 'Codex' });
    expect(places()).toEqual(['b by Claude', 'c by Codex']);
    stop();
    hear(1, null);
    edits(1, 9, ['x']);
    expect(places()).toEqual(['b by Claude', 'c by Codex']);
  });

  it('is not what one has changed oneself', () => {
    const { edits, follow, places } = page();
    follow();
    edits(1, 7, ['a'], { id: 'me', kind: 'human', name: 'Me' });
    expect(places()).toEqual([]);
  });
});

it('[S57] one whom two pods have answered is there once, with what they did last', () => {
  const { mine, edits, reads } = page();
  edits(1, 7, ['a']);
  reads(2);
  edits(3, 9, ['b']);
  reads(4);
  const { color, ...rest } = readPresences(mine)[0]!;
  expect(readPresences(mine)).toHaveLength(1);
  expect(color).toMatch(/^#/);
  expect(rest).toEqual({
    id: 'c',
    kind: 'agent',
    name: 'Claude',
    activity: { type: 'editing', revision: 9, changed: ['b'] },
  });
});
