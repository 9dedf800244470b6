import { Document } from '@hocuspocus/server';
import { createReader, GroupCommit, type LinkedRow, migrate } from '@syncline/journal';
import { goBack, pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { KIND_MODELS } from '@syncline/model';
import { createLog, Metrics, systemClock } from '@syncline/runtime';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as Y from 'yjs';
import { newPlan } from '../testing.ts';
import { Room } from './room.ts';

const log = createLog({ service: 'test', level: 'silent' });
let test: TestDatabase;
let plan: ReturnType<typeof newPlan>;
let rows: LinkedRow[];
let superseded: number[];
beforeAll(async () => {
  test = await pgliteTestDatabase();
  await migrate(test.db);
});
afterAll(() => test.drop());
beforeEach(() => {
  plan = newPlan();
  rows = [];
  superseded = [];
});

async function append(...words: string[]): Promise<void> {
  const committed = (row: LinkedRow) => rows.push(row);
  const metrics = new Metrics();
  const journal = new GroupCommit({ db: test.db, clock: systemClock, random: Math.random, log, metrics, committed });
  for (const word of words) {
    const doc = new Y.Doc();
    doc.getMap('metadata').set(word, 'x');
    const update = Y.encodeStateAsUpdate(doc);
    await journal.append({ document: plan.id, actor: 'person:p1', update, birth: plan.ref });
  }
}

async function load(): Promise<Room> {
  const room = new Room(
    {
      reader: createReader(test.db),
      clock: { now: () => 0, after: () => () => {} },
      log,
      onPoison: () => {},
      onUnreadable: () => {},
      onRepair: () => {},
      onDoubt: () => {},
      onSuperseded: (_room, head) => superseded.push(head),
    },
    { id: plan.id, ref: plan.ref, document: new Document(plan.name) },
  );
  await room.load(KIND_MODELS.plan.seed);
  return room;
}

it('[S48] rows that were read from where a document was are not applied to another row that has come since', async () => {
  await append('one', 'two');
  const room = await load();
  const { history, rows: none } = await createReader(test.db).read(plan.id, room.position);
  expect([history, none]).toEqual(['same', []]);
  // Its own history goes on here, while the journal’s has become another.
  await append('three');
  await goBack(test.db, plan.id, 2);
  const late = rows.at(-1)!;
  await append('other three', 'other four');
  const read = await createReader(test.db).read(plan.id, room.position);
  room.receive(late);
  expect(room.applied).toBe(3);
  room.receiveTail(read.rows);
  expect([room.superseded, superseded]).toEqual([true, [3]]);
  expect([...room.document.getMap('metadata').keys()]).toEqual(['one', 'two', 'three']);
});

it('[S48] an own row that had to wait is held when another comes under its number', async () => {
  await append('one');
  const room = await load();
  await append('two', 'three');
  const [, , own] = rows;
  room.receive(own!, true);
  await goBack(test.db, plan.id, 1);
  await append('other two', 'other three');
  await expect(room.catchUp()).rejects.toThrow('went back');
  expect(room.superseded).toBe(true);
  const held = new Y.Doc();
  Y.applyUpdate(held, room.held());
  expect([...held.getMap('metadata').keys()]).toContain('three');
});
