import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import type { Chance } from '../../services/sync/sim/random.ts';
import { acknowledgingSocket } from './acknowledging-socket.ts';
import type { Ground } from './grounds/ground.ts';
import type { History, Write } from './history.ts';
import { join } from './join.ts';

export interface PersonDeps {
  label: string;
  /** Of a pod or of the balancer. */
  url: string;
  /** The document's, as `<kind>:<id>`. */
  name: string;
  ground: Ground;
  history: History;
  chance: Chance;
  /** Gives a text that is nowhere else. */
  marker: () => string;
  token: string;
  /** By which the others see this person. */
  presence: string;
}

/** A person with a stock provider, who types into a document, erases what they typed, and adds parts. */
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
  #hasSeen = false;

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
      this.#hasSeen ||= this.synced;
      if (this.#hasSeen) this.#edit();
      await pause(chance.between(10, 40));
    }
  }

  /** Closes the page, whatever is saved by then. */
  leave(): void {
    this.#left = true;
    this.#joined.leave();
  }

  #edit(): void {
    const { chance, history, marker, ground, label: by } = this.#deps;
    const [erases, addsPart] = [chance.hits(0.25), chance.hits(0.1)];
    const word = erases ? this.#words.shift() : undefined;
    const write = history.add({ by, how: 'edit', ...(word ? { removes: word } : { adds: marker() }) });
    this.unsaved.add(write);
    this.doc.transact(() => {
      if (word) ground.erase(this.doc, word);
      else if (addsPart) ground.add(this.doc, write.adds!, chance);
      else ground.type(this.doc, write.adds!, chance);
    }, write);
    if (!word && !addsPart) this.#typed.add(write);
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

function keyOf(update: Uint8Array): string {
  return Buffer.from(update).toString('latin1');
}
