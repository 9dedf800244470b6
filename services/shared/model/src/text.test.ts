import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { copyOf, merge, seedDoc, seeded } from '../test/documents.ts';
import { addStep, editStep, KIND_READERS, planRoots, readText, setPlanFields, textOf } from './index.ts';

const deps = { random: seeded(3) };

/** Where texts are: in a plan itself, and in its one step. */
const PLACES = ['title', 'step title', 'step note'] as const;
type Place = (typeof PLACES)[number];

function placeIn(doc: Y.Doc, place: Place): [Y.Map<unknown>, string] {
  const { metadata, steps } = planRoots(doc);
  if (place === 'title') return [metadata, 'title'];
  return [[...steps.values()][0] as Y.Map<unknown>, place === 'step title' ? 'title' : 'note'];
}

/** A plan as it lay before texts were shared: the values as strings, the note only where there is one. */
function oldPlan(text: string, hasNote: boolean): Y.Doc {
  const doc = new Y.Doc();
  planRoots(doc).metadata.set('title', text);
  const step = new Y.Map<unknown>([
    ['title', text],
    ['order', 'a0'],
  ]);
  if (hasNote) step.set('note', text);
  planRoots(doc).steps.set('step', step);
  return doc;
}

function newPlan(text: string): Y.Doc {
  const doc = seedDoc();
  addStep(doc, { title: text, note: text }, deps);
  setPlanFields(doc, { title: text });
  return doc;
}

function type(doc: Y.Doc, place: Place, at: number, words: string): void {
  const text = textOf(...placeIn(doc, place));
  text.insert(at % (text.length + 1), words);
}

describe('texts in maps', () => {
  it('[M19] keep every character that two people type at once, also where the text was a string or missing', () => {
    const typing = fc.array(fc.tuple(fc.constantFrom(...PLACES), fc.boolean(), fc.nat(30), fc.boolean()), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(typing, fc.constantFrom('old', 'old with a note', 'new'), (acts, age) => {
        const mine = age === 'new' ? newPlan('words') : oldPlan('words', age === 'old with a note');
        const yours = copyOf(mine);
        const typed: Record<Place, number> = { title: 0, 'step title': 0, 'step note': 0 };
        for (const [place, isMine, at, meet] of acts) {
          type(isMine ? mine : yours, place, at, isMine ? 'M' : 'Y');
          typed[place] += 1;
          if (meet) merge(mine, yours);
        }
        merge(mine, yours);
        for (const place of PLACES) {
          const [one, two] = [mine, yours].map((doc) => readText(...placeIn(doc, place)));
          expect(one).toBe(two);
          expect(one!.replaceAll(/[^MY]/g, '')).toHaveLength(typed[place]);
          const kept = place === 'step note' && age === 'old' ? '' : 'words';
          expect(one!.replaceAll(/[MY]/g, '')).toBe(kept);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[M19] are set word by word, so that what a person types meanwhile stays', () => {
    const doc = newPlan('Ship the beta on Monday');
    const person = copyOf(doc);
    const [id] = [...planRoots(doc).steps.keys()];
    for (const place of PLACES) type(person, place, 'Ship the beta'.length, ' carefully');
    setPlanFields(doc, { title: 'Ship the beta on Friday' });
    editStep(doc, id!, { title: 'Ship the release on Monday', note: 'Ship the beta' });
    merge(doc, person);
    const { title, steps } = KIND_READERS.plan.read(doc);
    expect(title).toBe('Ship the beta carefully on Friday');
    expect(steps[0]).toMatchObject({ title: 'Ship the release carefully on Monday', note: 'Ship the beta carefully' });
  });

  it('[M19] become texts by the first change alone, and to the same structs whoever makes it', () => {
    const doc = oldPlan('words', false);
    const other = copyOf(doc);
    let updates = 0;
    doc.on('update', () => (updates += 1));
    expect(KIND_READERS.plan.read(doc).title).toBe('words');
    expect(updates).toBe(0);
    for (const place of PLACES) textOf(...placeIn(doc, place));
    expect(updates).toBe(3);
    for (const place of PLACES) textOf(...placeIn(other, place));
    expect(Y.encodeStateAsUpdate(other)).toEqual(Y.encodeStateAsUpdate(doc));
    expect(KIND_READERS.plan.read(doc).steps[0]).toMatchObject({ title: 'words', note: '' });
  });

  it('[M2] [M19] are read and written whatever a peer has put in their place', () => {
    for (const value of [7, null, new Y.Map(), new Y.Array(), new Y.XmlText('markup'), new Uint8Array(2)]) {
      const doc = seedDoc();
      const { metadata } = planRoots(doc);
      metadata.set('title', value);
      expect(KIND_READERS.plan.read(doc).title).toBe('');
      setPlanFields(doc, { title: 'Mended' });
      expect(KIND_READERS.plan.read(doc).title).toBe('Mended');
    }
    const doc = newPlan('one two three');
    const title = textOf(planRoots(doc).metadata, 'title');
    title.insertEmbed(0, { image: 'https://example.com' });
    title.format(1, 5, { bold: true });
    setPlanFields(doc, { title: 'one 2 three' });
    expect(KIND_READERS.plan.read(doc).title).toBe('one 2 three');
  });
});
