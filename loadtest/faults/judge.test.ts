import { expect, it } from 'vitest';
import * as Y from 'yjs';
import type { Write } from './history.ts';
import { PLAN_GROUND } from './grounds/plan.ts';
import { judge } from './judge.ts';
import { difference } from './replicas.ts';

const edit = { by: 'person 1', how: 'edit' as const };
const command = { by: 'the agent', how: 'command' as const };

function found(writes: Write[], text: string): string[] {
  return judge('plan', writes, text).map(({ kind, how }) => `${how} ${kind}`);
}

it('finds an acknowledged edit and an answered command that are gone', () => {
  const writes: Write[] = [
    { ...edit, adds: '(e1)', outcome: 'kept' },
    { ...command, adds: '(c2)', outcome: 'kept' },
  ];
  expect(found(writes, '(e1) (c2)')).toEqual([]);
  expect(found(writes, '(c2)')).toEqual(['edit lost']);
  expect(found(writes, '(e1) (c21)')).toEqual(['command lost']);
  expect(judge('plan', writes, '')[0]).toMatchObject({ document: 'plan', what: expect.stringContaining('(e1)') });
});

it('finds an acknowledged deletion that came back', () => {
  const writes: Write[] = [
    { ...edit, adds: '(e1)', outcome: 'kept' },
    { ...edit, removes: '(e1)', outcome: 'kept' },
  ];
  expect(found(writes, '')).toEqual([]);
  expect(found(writes, '(e1)')).toEqual(['edit lost']);
});

it('bears what got no answer there or not, and finds it there twice', () => {
  const writes: Write[] = [{ ...command, adds: '(c1)', outcome: 'unknown' }];
  expect(found(writes, '')).toEqual([]);
  expect(found(writes, '(c1)')).toEqual([]);
  expect(found(writes, '(c1) (c1)')).toEqual(['command doubled']);
});

it('bears a deletion without an answer either way', () => {
  const writes: Write[] = [
    { ...edit, adds: '(e1)', outcome: 'kept' },
    { ...edit, removes: '(e1)', outcome: 'unknown' },
  ];
  expect(found(writes, '')).toEqual([]);
  expect(found(writes, '(e1)')).toEqual([]);
});

it('finds a replacement without an answer that took effect in part', () => {
  const writes: Write[] = [
    { ...command, adds: '(c1)', outcome: 'kept' },
    { ...command, adds: '(c2)', removes: '(c1)', outcome: 'unknown' },
  ];
  expect(found(writes, '(c1)')).toEqual([]);
  expect(found(writes, '(c2)')).toEqual([]);
  expect(found(writes, '')).toEqual(['command half done']);
  expect(found(writes, '(c1) (c2)')).toEqual(['command half done']);
});

it('finds an answered command that took effect twice, or was answered in two ways', () => {
  const writes: Write[] = [{ ...command, adds: '(c1)', outcome: 'kept', revisions: new Set(['"2"']) }];
  expect(found(writes, '(c1)')).toEqual([]);
  expect(found(writes, '(c1) (c1)')).toEqual(['command doubled']);
  writes[0]!.revisions!.add('"3"');
  expect(found(writes, '(c1)')).toEqual(['command answered twice']);
});

it('finds a replica that lacks an item, a deletion, or what its items rest on', () => {
  const wanted = new Y.Doc();
  const [same, less, more, undeleted, waiting] = Array.from({ length: 5 }, () => new Y.Doc());
  wanted.getMap('metadata').set('title', 'one');
  const first = Y.encodeStateAsUpdate(wanted);
  wanted.getMap('metadata').set('title', 'two');
  const second = Y.encodeStateAsUpdate(wanted, Y.encodeStateVectorFromUpdate(first));
  wanted.getText('text').insert(0, 'gone');
  const third = Y.encodeStateAsUpdate(wanted);
  wanted.getText('text').delete(0, 4);
  for (const doc of [same, more]) Y.applyUpdate(doc!, Y.encodeStateAsUpdate(wanted));
  more!.getMap('metadata').set('owner', 'x');
  Y.applyUpdate(less!, first);
  Y.applyUpdate(undeleted!, third);
  Y.applyUpdate(waiting!, second);
  expect(difference(PLAN_GROUND, wanted, same!)).toBeNull();
  expect(Y.encodeStateVector(undeleted!)).toEqual(Y.encodeStateVector(wanted));
  for (const doc of [less, more, undeleted])
    expect(difference(PLAN_GROUND, wanted, doc!)).toBe('lacks or has other items or deletions');
  expect(difference(PLAN_GROUND, wanted, waiting!)).toBe('waits for what never comes');
});
