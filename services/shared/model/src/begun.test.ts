import { fromBase64 } from 'lib0/buffer';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { copyOf, merge, seedDoc, seeded } from '../test/documents.ts';
import { addStep, begin, isBlank, KIND_READERS, planRoots, removeStep, setPlanFields } from './index.ts';

/** What plans were born from before titles were texts. */
const OLD_SEED = fromBase64(
  'AQcAAAcBCGRvY3VtZW50AwpibG9ja0dyb3VwBwAAAAMOYmxvY2tDb250YWluZXIoAAABAmlkAXcOaW5pdGlhbEJsb2NrSWQHAAABAwlwYXJhZ3JhcGgoAAADD2JhY2tncm91bmRDb2xvcgF3B2RlZmF1bHQoAAADCXRleHRDb2xvcgF3B2RlZmF1bHQoAAADDXRleHRBbGlnbm1lbnQBdwRsZWZ0AA==',
);
const deps = { random: seeded(3) };

describe('a document of which nothing is known', () => {
  it('[M22] is blank with nothing in it, or its seed, or that of earlier days', () => {
    expect(isBlank(new Y.Doc(), 'plan')).toBe(true);
    expect(isBlank(seedDoc(), 'plan')).toBe(true);
    const old = new Y.Doc();
    Y.applyUpdate(old, OLD_SEED);
    expect(isBlank(old, 'plan')).toBe(true);
    merge(old, seedDoc());
    expect(isBlank(old, 'plan')).toBe(true);
  });

  it('[M22] is blank no more by anything that is written, also when it is taken back', () => {
    const acts: Record<string, (doc: Y.Doc) => unknown> = {
      begun: begin,
      title: (doc) => setPlanFields(doc, { title: 'T' }),
      status: (doc) => setPlanFields(doc, { status: 'done' }),
      step: (doc) => addStep(doc, { title: 'a' }, deps),
      'step and removal': (doc) => removeStep(doc, addStep(doc, { title: 'a' }, deps)),
      'deleted text': (doc) => planRoots(doc).document.delete(0, 1),
    };
    const blank = Object.entries(acts).filter(([, act]) => {
      const doc = seedDoc();
      act(doc);
      return isBlank(doc, 'plan') || isBlank(copyOf(doc), 'plan');
    });
    expect(blank).toEqual([]);
  });

  it('[M22] is begun by one update that says nothing else, however often', () => {
    const doc = seedDoc();
    const before = KIND_READERS.plan.read(doc);
    let updates = 0;
    doc.on('update', () => (updates += 1));
    begin(doc);
    begin(doc);
    expect(updates).toBe(1);
    expect(KIND_READERS.plan.read(doc)).toEqual(before);
  });

  it('[M22] is begun twice at once without costing either anything', () => {
    const [mine, theirs] = [seedDoc(), seedDoc()];
    for (const doc of [mine, theirs]) begin(doc);
    setPlanFields(mine, { status: 'in_progress', title: 'Mine' });
    addStep(theirs, { title: 'Theirs' }, deps);
    merge(mine, theirs);
    for (const doc of [mine, theirs])
      expect(KIND_READERS.plan.records(doc)[0]!.data).toEqual({
        title: 'Mine',
        status: 'in_progress',
        done: 0,
        total: 1,
      });
  });
});
