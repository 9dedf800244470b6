import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  copyOf,
  documentOf,
  edit,
  merge,
  pick,
  planOf,
  replaceText,
  seeded,
  structureOf,
  textsOf,
} from '../../test/documents.ts';
import { blockPlaces } from './locate.ts';

const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa'];

/** Types one character into a block's text, as a person in an editor would. */
function type(doc: Y.Doc, block: number, at: number, character: string): void {
  const text = blockPlaces(documentOf(doc))[block]!.content.get(0) as Y.XmlText;
  text.insert(Math.min(at, text.length), character);
}

describe('concurrent edits of one paragraph', () => {
  it.each(Array.from({ length: 150 }, (_, seed) => seed))(
    '[M9] keep all that a person types and all that an agent writes (seed %i)',
    (seed) => {
      const random = seeded(seed);
      const words = Array.from({ length: 12 }, (_, n) => `${pick(random, WORDS)}${n + 10}`);
      const server = planOf(`${words.join(' ')}\n\nanother`);
      const browser = copyOf(server);
      const typed: string[] = [];
      const written: string[] = [];
      for (let step = 0; step < 12; step++) {
        if (random() < 0.6) {
          const character = String.fromCodePoint(0x4e00 + typed.length);
          typed.push(character);
          type(browser, 0, Math.floor(random() * 90), character);
        } else if (random() < 0.7) {
          const text = textsOf(server)[0]!
            .split(' ')
            .filter((word) => /^[a-z]+\d+$/.test(word));
          if (text.length === 0) continue;
          const old = pick(random, text);
          const next = `agent${step}x`;
          const marked = random() < 0.3 ? `**${next}**` : next;
          edit(server, replaceText(old, random() < 0.5 ? marked : `${old} ${marked}`));
          written.push(next);
        } else {
          merge(server, browser);
        }
      }
      merge(server, browser);
      const [text] = textsOf(server);
      expect(structureOf(documentOf(server))).toEqual(structureOf(documentOf(browser)));
      for (const character of typed) expect(text).toContain(character);
      for (const word of written) expect(text!.replaceAll(/[\u4e00-\u4fff]/g, '')).toContain(word);
    },
  );

  it('[M9] replace_block of the same type is merged with what a person types', () => {
    const server = planOf('The quick brown fox jumps');
    const browser = copyOf(server);
    type(browser, 0, 25, '!');
    const [place] = blockPlaces(documentOf(server));
    edit(server, {
      op: 'replace_block',
      block: place!.anchor,
      blocks: [
        { type: 'paragraph', props: {}, content: [{ text: 'The slow brown fox jumps', marks: {} }], children: [] },
      ],
    });
    merge(server, browser);
    expect(textsOf(server)).toEqual(['The slow brown fox jumps!']);
  });

  it('[M9] a word that an agent replaces is not cut inside: only whole words go', () => {
    const doc = planOf('please insert it');
    const browser = copyOf(doc);
    edit(doc, replaceText('insert', 'import'));
    type(browser, 0, 16, '?');
    merge(doc, browser);
    expect(textsOf(doc)).toEqual(['please import it?']);
  });
});
