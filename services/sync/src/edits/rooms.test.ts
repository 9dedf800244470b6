import { createReader, migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { createLog } from '@syncline/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../testing.ts';
import { Rooms } from './rooms.ts';
import type { Session } from './session.ts';

describe('rooms', () => {
  let test: TestDatabase;
  let rooms: Rooms;
  /** What the rooms' clock is to do next; the sweep alone in these tests. */
  let due: (() => void)[];
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
  });
  beforeEach(() => {
    due = [];
    const none = () => {};
    rooms = new Rooms({
      reader: createReader(test.db),
      clock: {
        now: () => 0,
        after: (_ms, callback) => {
          due.push(callback);
          return () => void (due = due.filter((other) => other !== callback));
        },
      },
      log: createLog({ service: 'test', level: 'silent' }),
      onPoison: none,
      onUnreadable: none,
      onRepair: none,
      onDoubt: none,
      onOrphan: none,
      onSuperseded: none,
      join: async () => {},
      onAwareness: none,
      lingerMs: 0,
      onLoaded: none,
      onUnloaded: none,
    });
  });
  afterAll(() => test.drop());

  const sweep = () => {
    for (const callback of due.splice(0)) callback();
  };
  const ref = (workspace: string) => ({ workspace, kind: 'plan', id: 'x' }) as const;

  it('[S53] lets a workspace go once its last document has left', async () => {
    let most = 0;
    for (let n = 0; n < 1_000; n++) {
      await rooms.open(ref(`w${n}`));
      if (n % 10 === 0) sweep();
      most = Math.max(most, rooms.workspaces);
    }
    // Those of two sweeps: one takes the documents, the next what they were in.
    expect(most).toBeLessThan(30);
    await until(() => {
      sweep();
      return rooms.workspaces === 0;
    });
    expect(rooms.size).toBe(0);
  });

  it('[S53] keeps the workspace of a connection that is about to ask for its document', async () => {
    const core = rooms.core('w');
    const session = { readyState: 1 } as Session;
    const connection = core.enter(session);
    sweep();
    expect(rooms.core('w')).toBe(core);
    // It has gone without asking.
    Object.assign(session, { readyState: 3 });
    connection.handleClose();
    sweep();
    expect(rooms.workspaces).toBe(0);
  });

  it('[S53] keeps the workspace of a document that is being loaded', async () => {
    const core = rooms.core('w');
    const opening = rooms.open(ref('w'));
    sweep();
    expect(rooms.core('w')).toBe(core);
    const room = await opening;
    expect(await rooms.open(ref('w'))).toBe(room);
  });
});
