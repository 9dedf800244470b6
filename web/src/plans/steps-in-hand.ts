import type { DocumentSession } from '@syncline/client';
import { planRoots, readText } from '@syncline/model';
import * as Y from 'yjs';
import { drafts, placeInDocument } from '../drafts/own-drafts.ts';

/** Who has not written in a step for so long since the server has their words is not at it any more. */
const AT_IT_MS = 60_000;

/**
 * The steps that this person is writing in, and which of them others deleted meanwhile: those stay in sight, words and
 * caret with them, until the person brings them back or lets them go; on this device also over a reload.
 *
 * Must hold: what is in `deleted` is marked as removed in the document, where its words still are. It begins to listen
 * before the page draws the plan, so that no drawing in between takes the field away.
 */
export class StepsInHand {
  readonly #steps: Y.Map<unknown>;
  readonly #place: string;
  /** When it was last written in; Infinity as long as the server lacks that. */
  readonly #writtenAt = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #deleted: ReadonlySet<string> = new Set();

  /** @param place where on this device it is remembered */
  constructor(doc: Y.Doc, place: string) {
    this.#steps = planRoots(doc).steps;
    this.#place = place;
    this.#steps.observeDeep((events, { local }) => {
      for (const { path } of events) if (typeof path[0] === 'string') this.#look(path[0], local);
    });
    void drafts.adopt(place, (left) => this.#set(Object.keys(left)), new AbortController().signal);
  }

  /** The ids of steps that others deleted while this person was at them. */
  get deleted(): ReadonlySet<string> {
    return this.#deleted;
  }

  /** Notes that the person writes in this step now. */
  noteWriting(id: string): void {
    this.#writtenAt.set(id, Infinity);
  }

  /** Notes that the server has all that was written. */
  noteSent(): void {
    const now = performance.now();
    for (const [id, at] of this.#writtenAt) if (at === Infinity) this.#writtenAt.set(id, now);
  }

  /** It stays deleted, and goes out of sight. */
  letGo(id: string): void {
    if (this.#deleted.has(id)) this.#set([...this.#deleted].filter((other) => other !== id));
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #look(id: string, isOwnDoing: boolean): void {
    if (!this.#isRemoved(id)) return this.letGo(id);
    if (!isOwnDoing && !this.#deleted.has(id) && this.#isAt(id)) this.#set([...this.#deleted, id]);
  }

  #isAt(id: string): boolean {
    const since = performance.now() - (this.#writtenAt.get(id) ?? -Infinity);
    return since < AT_IT_MS || document.activeElement?.closest<HTMLElement>('[data-step]')?.dataset['step'] === id;
  }

  #isRemoved(id: string): boolean {
    const step = this.#steps.get(id);
    return step instanceof Y.Map && step.get('removed') === true;
  }

  #set(ids: string[]): void {
    const removed = ids.filter((id) => this.#isRemoved(id));
    const titles = removed.map((id) => [id, readText(this.#steps.get(id) as Y.Map<unknown>, 'title')]);
    if (removed.length > 0) drafts.keep(this.#place, Object.fromEntries(titles));
    else drafts.forget(this.#place);
    if (removed.length === this.#deleted.size && removed.every((id) => this.#deleted.has(id))) return;
    this.#deleted = new Set(removed);
    for (const listener of this.#listeners) listener();
  }
}

const ofDocs = new WeakMap<Y.Doc, StepsInHand>();

/** What the person has in hand of an open plan; it lives as long as the plan's doc. */
export function stepsInHandOf(session: DocumentSession): StepsInHand {
  const { doc, name } = session;
  const known = ofDocs.get(doc);
  if (known) return known;
  const inHand = new StepsInHand(doc, placeInDocument(name, 'deleted-steps'));
  ofDocs.set(doc, inHand);
  session.subscribe(() => !session.state.link.isUnsent && inHand.noteSent());
  return inHand;
}
