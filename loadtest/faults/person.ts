import { setTimeout as pause } from 'node:timers/promises';
import { addStep, planRoots } from '@syncline/model';
import * as Y from 'yjs';
import type { Chance } from '../../services/sync/sim/random.ts';
import { acknowledgingSocket } from './acknowledging-socket.ts';
import type { History, Write } from './history.ts';
import { join } from './join.ts';

export interface PersonDeps {
  label: string;
  /** Of a pod or of the balancer. */
  url: string;
  /** The document's, as `plan:<id>`. */
  name: string;
  history: History;
  chance: Chance;
  /** Gives a text that is nowhere else. */
  marker: () => string;
  token: string;
  /** By which the others see this person. */
  presence: string;
}

/** A person with a stock provider, who types into a plan, erases what they typed, and adds steps. */
export class Person {
  readonly doc = new Y.Doc();
  readonly label: string;
  /** What is not acknowledged yet. */
  readonly unsaved = new Set<Write>();
  readonly #deps: PersonDeps;
  readonly #joined: ReturnType<typeof join>;
  /** Which write an update carries, until it is acknowledged. */
  readonly #byUpdate = new Map<string, Write>();
  /** Words in the text that are not saved yet, and those that are and may be erased. */
  readonly #typed = new Set<Write>();
  readonly #words: string[] = [];
  #left = false;

  constructor(deps: PersonDeps) {
    this.#deps = deps;
    this.label = deps.label;
    // Before the provider listens, which sends an update at once.
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (this.unsaved.has(origin as Write)) this.#byUpdate.set(keyOf(update), origin as Write);
    });
    this.#joined = join({
      ...deps,
      doc: this.doc,
      socket: acknowledgingSocket((sent) => this.#sent(sent)),
      presence: { name: deps.presence, onSeen: (states) => deps.history.note(JSON.stringify(states)) },
    });
  }

  get synced(): boolean {
    return this.#joined.synced;
  }

  /** Edits until told to stop or until it leaves; offline too, once it has seen the document. */
  async work(stopped: () => boolean): Promise<void> {
    const { chance } = this.#deps;
    while (!stopped() && !this.#left) {
      if (planRoots(this.doc).document.length) this.#edit();
      await pause(chance.between(10, 40));
    }
  }

  /** Closes the page, whatever is saved by then. */
  leave(): void {
    this.#left = true;
    this.#joined.leave();
  }

  #edit(): void {
    const { chance, history, marker, label: by } = this.#deps;
    const [erases, makesStep] = [chance.hits(0.25), chance.hits(0.1)];
    const word = erases ? this.#words.shift() : undefined;
    const write = history.add({ by, how: 'edit', ...(word ? { removes: word } : { adds: marker() }) });
    this.unsaved.add(write);
    this.doc.transact(() => {
      if (word) erase(this.doc, word);
      else if (makesStep) addStep(this.doc, { title: write.adds! }, { random: chance.next });
      else type(this.doc, write.adds!, chance);
    }, write);
    if (!word && !makesStep) this.#typed.add(write);
  }

  #sent(sent: Uint8Array | 'everything'): () => void {
    const writes = sent === 'everything' ? [...this.unsaved] : [this.#byUpdate.get(keyOf(sent))];
    return () => {
      for (const write of writes) if (write) this.#saved(write);
      if (sent !== 'everything') this.#byUpdate.delete(keyOf(sent));
    };
  }

  #saved(write: Write): void {
    write.outcome = 'kept';
    this.unsaved.delete(write);
    if (this.#typed.delete(write)) this.#words.push(write.adds!);
  }
}

/** Types at the beginning or before another word: a word that others cut in two would look lost. */
function type(doc: Y.Doc, word: string, chance: Chance): void {
  const [text = firstText(doc)] = textsOf(planRoots(doc).document);
  const starts = [...plain(text).matchAll(/\(/g)].map(({ index }) => index);
  text.insert(starts.length ? chance.pick(starts) : 0, word);
}

function erase(doc: Y.Doc, word: string): void {
  for (const text of textsOf(planRoots(doc).document)) {
    const at = plain(text).indexOf(word);
    if (at >= 0) text.delete(at, word.length);
  }
}

/** `toString` would give marks as tags, and so other offsets. */
function plain(text: Y.XmlText): string {
  return (text.toDelta() as { insert: string }[]).map(({ insert }) => insert).join('');
}

function textsOf(node: Y.XmlFragment): Y.XmlText[] {
  return node.toArray().flatMap((child) => {
    if (child instanceof Y.XmlText) return [child];
    return child instanceof Y.XmlElement ? textsOf(child) : [];
  });
}

/** A text in the first paragraph, which has none while it is empty. */
function firstText(doc: Y.Doc): Y.XmlText {
  const [paragraph] = planRoots(doc).document.createTreeWalker(
    (node) => node instanceof Y.XmlElement && node.nodeName === 'paragraph',
  );
  const text = new Y.XmlText();
  (paragraph as Y.XmlElement).insert(0, [text]);
  return text;
}

function keyOf(update: Uint8Array): string {
  return Buffer.from(update).toString('latin1');
}
