import { applyAwarenessUpdate, Awareness, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Owner, VirtualClock } from './clock.ts';
import type { Socket } from './network/socket.ts';
import type { Chance } from './random.ts';
import { frames, parse } from './wire.ts';

export interface ClientDeps {
  clock: VirtualClock;
  chance: Chance;
  owner: Owner;
  /** The document it works on, as `<kind>:<id>`. */
  name: string;
  person: string;
  /** Finds a pod and opens a socket to it; null when there is none. */
  dial: (client: Client) => Socket | null;
  /** The client has been told that this update of its own is saved. */
  onAcknowledged: (client: Client, update: Uint8Array) => void;
  onClosed: (client: Client, code: number, reason: string) => void;
}

/**
 * A person's browser, as the stock provider and our session make it behave: what is not acknowledged is kept in the
 * document and sent again by the handshake of the next connection.
 */
export class Client {
  readonly document = new Y.Doc();
  readonly awareness = new Awareness(this.document);
  readonly #deps: ClientDeps;
  #socket: Socket | null = null;
  #greeted = false;
  /** Updates that were sent and not yet acknowledged, in their order. */
  #unacknowledged: Uint8Array[] = [];
  #here = false;
  synced = false;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
    this.document.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#sendUpdate(frames.update(this.name, update), update);
    });
    this.awareness.on('update', ({ added, updated, removed }: Record<string, number[]>, origin: unknown) => {
      if (origin !== this)
        this.#socket?.send(frames.awareness(this.name, this.awareness, [...added!, ...updated!, ...removed!]));
    });
  }

  get name(): string {
    return this.#deps.name;
  }

  get id(): number {
    return this.document.clientID;
  }

  get label(): string {
    return this.#deps.owner.name;
  }

  /** Whether it wants to be connected. */
  get here(): boolean {
    return this.#here;
  }

  /** Whether all that was written here is saved. */
  get saved(): boolean {
    return this.synced && this.#greeted && this.#unacknowledged.length === 0;
  }

  get socket(): Socket | null {
    return this.#socket;
  }

  join(): void {
    if (this.#here) return;
    this.#here = true;
    this.#dial();
  }

  /** Closes the page, as one does: says goodbye in the awareness first. */
  leave(): void {
    this.#here = false;
    removeAwarenessStates(this.awareness, [this.id], 'leaving');
    this.#drop(true);
  }

  /** Comes back over another pod, or the same. */
  move(): void {
    if (!this.#here) return;
    this.#drop(true);
    this.#dial();
  }

  #dial(): void {
    const socket = this.#here ? this.#deps.dial(this) : null;
    if (!socket) return this.#dialLater();
    this.#socket = socket;
    socket.attach('client', {
      onFrame: (bytes) => this.#receive(bytes),
      onClose: (code, reason) => {
        this.#deps.onClosed(this, code, reason);
        this.#drop(false);
        this.#dialLater();
      },
    });
    this.#unacknowledged = [];
    socket.send(frames.auth(this.name, `person:${this.#deps.person}`));
    socket.send(frames.step1(this.name, this.document));
    this.#reappear();
  }

  /** As our session does: with a newer clock, so that those who took us out take us back. */
  #reappear(): void {
    const { meta, states } = this.awareness;
    for (const id of meta.keys()) if (id !== this.id && !states.has(id)) meta.delete(id);
    this.awareness.setLocalState({ user: { id: this.#deps.person } });
  }

  #dialLater(): void {
    if (!this.#here) return;
    this.#deps.clock.afterFor(this.#deps.owner, this.#deps.chance.between(50, 800), () => {
      if (this.#here && !this.#socket) this.#dial();
    });
  }

  #drop(ours: boolean): void {
    if (ours) this.#socket?.leave();
    this.#socket = null;
    this.synced = false;
    this.#greeted = false;
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.id);
    removeAwarenessStates(this.awareness, others, this);
  }

  #receive(bytes: Uint8Array): void {
    const frame = parse(bytes);
    if (frame.type === 'update') {
      Y.applyUpdate(this.document, frame.update, this);
      if (frame.answer) this.synced = true;
    } else if (frame.type === 'step1') {
      const update = Y.encodeStateAsUpdate(this.document, frame.vector);
      this.#greeted = true;
      this.#sendUpdate(frames.step2(this.name, this.document, frame.vector), update);
    } else if (frame.type === 'status' && frame.ok) {
      const update = this.#unacknowledged.shift();
      if (update) this.#deps.onAcknowledged(this, update);
    } else if (frame.type === 'awareness') applyAwarenessUpdate(this.awareness, frame.update, this);
  }

  #sendUpdate(bytes: Uint8Array, update: Uint8Array): void {
    if (!this.#socket) return;
    this.#unacknowledged.push(update);
    this.#socket.send(bytes);
  }
}
