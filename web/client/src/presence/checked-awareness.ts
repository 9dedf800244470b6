import { checkPresence } from '@syncline/protocol';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { colorOf } from './colors.ts';
import type { PresenceCheck } from './presence.ts';

interface Change {
  added: number[];
  updated: number[];
  removed: number[];
}
/** Editors listen to either. */
type AwarenessEvent = 'change' | 'update';
type Listener = (change: Change, origin: unknown) => void;
type State = Record<string, unknown>;

/**
 * An awareness as editors and the page see it. What others say in it has been checked and may be drawn, whatever server
 * it came through; what we say of ourselves is ours, and said again when somebody else has said it.
 */
export class CheckedAwareness {
  readonly clientID: number;
  readonly doc: Y.Doc;
  readonly #heard: Awareness;
  readonly #schema: PresenceCheck;
  readonly #states = new Map<number, State>();
  #own: State | null;
  readonly #listeners = new Set<Listener>();

  constructor(heard: Awareness, schema: PresenceCheck) {
    this.#heard = heard;
    this.#schema = schema;
    this.clientID = heard.clientID;
    this.doc = heard.doc;
    this.#own = heard.getLocalState();
    heard.on('update', (change: Change, origin: unknown) => this.#take(change, origin));
  }

  getStates(): Map<number, State> {
    return this.#states;
  }

  /** The same, as some editors read it. */
  get states(): Map<number, State> {
    return this.#states;
  }

  getLocalState(): State | null {
    return this.#heard.getLocalState();
  }

  setLocalState(state: State | null): void {
    this.#heard.setLocalState(state);
  }

  setLocalStateField(field: string, value: unknown): void {
    this.#heard.setLocalStateField(field, value);
  }

  /** As an awareness's own; what changes nothing is no `update` either. */
  on(_event: AwarenessEvent, listener: Listener): void {
    this.#listeners.add(listener);
  }

  off(_event: AwarenessEvent, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  #take({ added, updated, removed }: Change, origin: unknown): void {
    const present = [...added, ...updated];
    if (origin === 'local') this.#own = this.#heard.getLocalState();
    // As a new word of ours, so that the others hear it too.
    else if (this.#own && present.includes(this.clientID)) return this.#repeat({ added, updated, removed }, origin);
    const change: Change = { added: [], updated: [], removed: [] };
    for (const client of present) {
      const before = this.#states.get(client);
      const now = this.#check(client);
      this.#states.set(client, now);
      if (!before) change.added.push(client);
      else if (JSON.stringify(before) !== JSON.stringify(now)) change.updated.push(client);
    }
    for (const client of removed)
      if (!this.#heard.getStates().has(client) && this.#states.delete(client)) change.removed.push(client);
    if (change.added.length + change.updated.length + change.removed.length === 0) return;
    for (const listener of this.#listeners) listener(change, origin);
  }

  #repeat({ added, updated, removed }: Change, origin: unknown): void {
    const others = (clients: number[]) => clients.filter((client) => client !== this.clientID);
    this.#heard.setLocalState(this.#own);
    this.#take({ added: others(added), updated: others(updated), removed }, origin);
  }

  #check(client: number): State {
    const state = this.#heard.getStates().get(client);
    if (client === this.clientID) return state!;
    const { user, ...fields } = checkPresence(state, { client, schema: this.#schema });
    return { ...fields, user: { ...user, color: user.color ?? colorOf(user.id) } };
  }
}
