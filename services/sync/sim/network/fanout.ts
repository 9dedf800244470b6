import type { Fanout, FanoutSubscription } from '@syncline/bus';
import type { DocumentId } from '@syncline/protocol';
import type { Owner, VirtualClock } from '../clock.ts';
import type { Chance } from '../random.ts';
import { Lane } from './lane.ts';

/** How long a pod waits for its subscription while the hub cannot be reached. */
const READY_BOUND_MS = 1_000;

/** What becomes of frames, in shares. */
export interface FanoutFaults {
  dropped: number;
  doubled: number;
}

/**
 * What pods publish through, as Redis is: it keeps each publisher's order and nothing else. A pod that loses it is told
 * once it is back, and so are those who may have missed that pod's frames (B16). A frame that is dropped is not told of.
 */
export class FanoutHub {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly ends = new Set<SimFanout>();
  readonly owner: Owner;
  faults: FanoutFaults = { dropped: 0, doubled: 0 };
  /** Frames that were lost without a word, until now. */
  silentLosses = 0;

  constructor(deps: { clock: VirtualClock; chance: Chance; owner: Owner }) {
    this.clock = deps.clock;
    this.chance = deps.chance;
    this.owner = deps.owner;
  }

  delayMs(): number {
    return this.chance.hits(0.05) ? this.chance.between(1, 60) : this.chance.between(0.1, 1.5);
  }

  route(from: SimFanout, document: DocumentId, frame: Uint8Array): void {
    for (const end of this.ends) {
      if (end === from || !end.listensTo(document)) continue;
      if (this.chance.hits(this.faults.dropped)) this.silentLosses += 1;
      else
        for (let copies = this.chance.hits(this.faults.doubled) ? 2 : 1; copies; copies--) end.deliver(document, frame);
    }
  }

  /** Tells every pod that it may have missed frames of one that is back. */
  restored(): void {
    for (const end of this.ends) end.tellRestored();
  }
}

/** A pod's end of the hub. */
export class SimFanout implements Fanout {
  readonly #hub: FanoutHub;
  readonly #owner: Owner;
  readonly #onError: (error: unknown) => void;
  readonly #onPublish: (document: DocumentId, frame: Uint8Array) => void;
  readonly #up: Lane;
  readonly #down: Lane;
  readonly #listeners = new Map<DocumentId, Set<{ onFrame: (frame: Uint8Array) => void; since: number }>>();
  readonly #restored = new Set<{ callback: () => void }>();
  #connected = true;
  #lost = false;

  constructor(deps: {
    hub: FanoutHub;
    owner: Owner;
    onError: (error: unknown) => void;
    onPublish: (document: DocumentId, frame: Uint8Array) => void;
  }) {
    this.#hub = deps.hub;
    this.#owner = deps.owner;
    this.#onError = deps.onError;
    this.#onPublish = deps.onPublish;
    const lane = { clock: deps.hub.clock, delayMs: () => deps.hub.delayMs() };
    this.#up = new Lane(lane);
    this.#down = new Lane(lane);
    this.#hub.ends.add(this);
  }

  get available(): boolean {
    return this.#connected;
  }

  publish(document: DocumentId, frame: Uint8Array): void {
    this.#onPublish(document, frame);
    if (!this.#owner.alive) return;
    const sent = new Uint8Array(frame);
    this.#up.send(this.#hub.owner, () => {
      if (this.#connected) this.#hub.route(this, document, sent);
      else this.#lost = true;
    });
  }

  listen(document: DocumentId, onFrame: (frame: Uint8Array) => void): FanoutSubscription {
    const { clock } = this.#hub;
    // A subscription may take its time, and then much is committed before it stands.
    const way = this.#hub.chance.hits(0.3) ? this.#hub.chance.between(5, 150) : this.#hub.delayMs();
    const listener = { onFrame, since: clock.now() + way };
    const all = this.#listeners.get(document) ?? new Set();
    this.#listeners.set(document, all.add(listener));
    const ready = new Promise<void>((resolve) => {
      clock.after(this.#connected ? way + this.#hub.delayMs() : READY_BOUND_MS, resolve);
    });
    return { ready, stop: () => void all.delete(listener) };
  }

  /** Whether the hub knows of a listener here. */
  listensTo(document: DocumentId): boolean {
    const now = this.#hub.clock.now();
    return this.#connected && [...(this.#listeners.get(document) ?? [])].some(({ since }) => since <= now);
  }

  deliver(document: DocumentId, frame: Uint8Array): void {
    this.#down.send(this.#owner, () => {
      if (!this.#connected) return;
      // Those of this moment: one may stop while they are called.
      for (const { onFrame } of Array.from(this.#listeners.get(document) ?? [])) {
        try {
          onFrame(new Uint8Array(frame));
        } catch (error) {
          this.#onError(error);
        }
      }
    });
  }

  onRestored(callback: () => void): () => void {
    const entry = { callback };
    this.#restored.add(entry);
    return () => void this.#restored.delete(entry);
  }

  /** Never told: what a pod that died leaves behind must go by time as well. */
  onPodGone(): () => void {
    return () => {};
  }

  tellRestored(): void {
    // Behind the frames that are under way to this pod.
    this.#down.send(this.#owner, () => {
      if (this.#connected) for (const { callback } of Array.from(this.#restored)) callback();
    });
  }

  disconnect(): void {
    this.#connected = false;
  }

  reconnect(): void {
    if (this.#connected) return;
    this.#connected = true;
    if (this.#lost) this.#hub.restored();
    else this.tellRestored();
    this.#lost = false;
  }

  async close(): Promise<void> {
    this.#hub.ends.delete(this);
  }
}
