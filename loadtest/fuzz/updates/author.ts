import * as Y from 'yjs';
import type { Chance } from '../../../services/sync/sim/random.ts';

/** One replica, which hears of nobody. */
export class Author {
  readonly #chance: Chance;
  readonly #doc = new Y.Doc();
  #made: Uint8Array = new Uint8Array(0);

  constructor(chance: Chance, seed: Uint8Array) {
    this.#chance = chance;
    this.#doc.clientID = 1 + chance.int(2 ** 32 - 1);
    Y.applyUpdate(this.#doc, seed);
    this.#doc.on('update', (update: Uint8Array) => (this.#made = update));
  }

  state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#doc);
  }

  /** One transaction, which may change several things. */
  edit(): Uint8Array {
    const chance = this.#chance;
    this.#doc.transact(() => {
      do chance.pick(EDITS)(this.#doc, chance);
      while (chance.hits(0.2));
      // None that changes nothing.
      this.#doc.getMap('metadata').set('n', chance.next());
    });
    return this.#made;
  }
}

const EDITS: readonly ((doc: Y.Doc, chance: Chance) => void)[] = [
  (doc, chance) => {
    const text = doc.getText('t');
    text.insert(chance.int(text.length + 1), 'añ😀 word '.slice(0, 1 + chance.int(9)));
  },
  (doc, chance) => {
    const text = doc.getText('t');
    const at = chance.int(text.length + 1);
    text.delete(at, Math.min(text.length - at, chance.int(12)));
  },
  (doc, chance) => {
    const text = doc.getText('t');
    text.format(0, chance.int(text.length + 1), { bold: chance.hits(0.5) ? true : null });
  },
  (doc, chance) => doc.getMap('metadata').set(`k${chance.int(5)}`, [1, null, { deep: ['x', 2.5, true] }]),
  (doc, chance) => doc.getMap('metadata').delete(`k${chance.int(5)}`),
  (doc, chance) => doc.getArray('steps').insert(0, [chance.int(100), 'a', new Y.Map([['done', true]])]),
  (doc) => {
    const steps = doc.getArray('steps');
    if (steps.length) steps.delete(0, 1);
  },
  (doc, chance) => {
    const paragraph = new Y.XmlElement('paragraph');
    doc.getXmlFragment('document').insert(0, [paragraph]);
    paragraph.insert(0, [new Y.XmlText('in it')]);
    paragraph.setAttribute('id', `${chance.int(100)}`);
  },
  (doc) => doc.getMap('metadata').set('bytes', Uint8Array.of(1, 2, 3)),
];
