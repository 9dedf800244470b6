import { addStep, editStep, KIND_MODELS } from '@syncline/model';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { planStore } from './use-plan.ts';

it('keeps the steps that did not change, so that a tick in a long plan draws one row', () => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, KIND_MODELS.plan.seed);
  const ids = ['One', 'Two', 'Three'].map((title) => addStep(doc, { title }, { random: Math.random }));
  const store = planStore(doc);
  let told = 0;
  const leave = store.subscribe(() => told++);
  const before = store.snapshot().steps;
  editStep(doc, ids[1]!, { done: true });
  const after = store.snapshot().steps;
  expect(told).toBe(1);
  expect(after.map((step, index) => step === before[index])).toEqual([true, false, true]);
  expect(after[1]!.done).toBe(true);
  expect(store.snapshot().steps).toBe(after);
  leave();
  editStep(doc, ids[0]!, { done: true });
  expect(told).toBe(1);
});
