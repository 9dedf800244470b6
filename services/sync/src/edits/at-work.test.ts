import type { Activity } from '@syncline/protocol';
import { systemClock } from '@syncline/runtime';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AtWork, type AtWorkUser } from './at-work.ts';

const READING: Activity = { type: 'reading' };
const editing = (revision: number, ...changed: string[]): Activity => ({ type: 'editing', revision, changed });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function create(limits = { atWorkMs: 20_000, maxAtWork: 2 }) {
  const said: { at: number; clock: number; activity: Activity | null }[] = [];
  const started = performance.now();
  const clients = new Set<number>();
  let unshown = 0;
  const atWork = new AtWork({
    clock: systemClock,
    random: Math.random,
    limits,
    say: (client: number, clock: number, user: AtWorkUser | null) => {
      clients.add(client);
      said.push({ at: performance.now() - started, clock, activity: user && user.activity });
    },
    onFull: () => (unshown += 1),
  });
  const call = (activity: Activity, name = 'Claude') =>
    atWork.called(`agent:${name}`, () => ({ id: name, kind: 'agent', name }), activity);
  return { atWork, said, clients, call, unshown: () => unshown };
}

describe('[S57] one at work', () => {
  it('costs one word, and one more each five seconds for as long as they go on reading', () => {
    const { call, said, clients } = create();
    for (let n = 0; n < 100; n++) {
      call(READING);
      vi.advanceTimersByTime(100);
    }
    expect(said).toEqual([
      { at: 0, clock: 1, activity: READING },
      { at: 5_000, clock: 2, activity: READING },
    ]);
    expect(clients.size).toBe(1);
  });

  it('costs one word for an edit, at once, and the next reads tell nothing', () => {
    const { call, said } = create();
    call(editing(7, 'a'));
    for (let n = 0; n < 20; n++) call(READING);
    expect(said).toEqual([{ at: 0, clock: 1, activity: editing(7, 'a') }]);
  });

  it('tells what was changed in quick succession in one word, five times a second at most', () => {
    const { call, said } = create();
    call(READING);
    for (let n = 0; n < 20; n++) {
      call(editing(n, `step-${n % 3}`));
      call(READING);
    }
    vi.advanceTimersByTime(199);
    expect(said).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(said.slice(1)).toEqual([{ at: 200, clock: 2, activity: editing(19, 'step-0', 'step-1', 'step-2') }]);
    call(editing(20, ...Array.from({ length: 80 }, (_, n) => `s${n}`)));
    call(editing(21, 'last'));
    vi.advanceTimersByTime(1_000);
    const { changed } = said[2]!.activity as Activity & { type: 'editing' };
    expect([said.length, changed.length, changed[0], changed.at(-1)]).toEqual([3, 50, 's31', 'last']);
  });

  it('leaves so long after their last call, and comes back as another client', () => {
    const { call, said, clients } = create();
    call(READING);
    vi.advanceTimersByTime(4_000);
    call(READING);
    vi.advanceTimersByTime(19_999);
    expect(said).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(said[1]).toEqual({ at: 24_000, clock: 1, activity: null });
    expect(vi.getTimerCount()).toBe(0);
    call(READING);
    expect(clients.size).toBe(2);
  });

  it('says nothing more once they have left', () => {
    const { atWork, call, said } = create();
    call(READING);
    call(editing(1, 'a'));
    atWork.end();
    call(READING);
    vi.advanceTimersByTime(60_000);
    expect(said.map(({ activity }) => activity)).toEqual([READING, null]);
  });

  it('is one of so many; the calls of more are counted', () => {
    const { call, clients, unshown } = create();
    for (const name of ['a', 'b', 'c', 'a', 'd']) call(READING, name);
    expect([clients.size, unshown()]).toEqual([2, 2]);
    vi.advanceTimersByTime(20_000);
    call(READING, 'c');
    expect([clients.size, unshown()]).toEqual([3, 2]);
  });

  it('is not shown where none is to be', () => {
    const { call, said, unshown } = create({ atWorkMs: 0, maxAtWork: 2 });
    call(editing(1));
    expect([said.length, unshown()]).toEqual([0, 0]);
  });
});
