import type { Owner, VirtualClock } from '../clock.ts';
import type { Chance } from '../random.ts';
import { Lane } from './lane.ts';

/** One end of a socket, as whoever uses it sees it. */
export interface SocketEnd {
  onFrame(bytes: Uint8Array): void;
  onClose(code: number, reason: string): void;
}

/** What is seen of a socket by whoever watches that nothing wrong is said. */
export interface SocketWatch {
  received(socket: Socket, bytes: Uint8Array): void;
  sent(socket: Socket, bytes: Uint8Array): void;
}

interface SocketDeps {
  clock: VirtualClock;
  chance: Chance;
  client: Owner;
  pod: Owner;
  /** Which document it is for, as its path says. */
  name: string;
  watch: SocketWatch;
}

const ABNORMAL = 1006;

/** A WebSocket between a client and a pod: both directions keep their order; either end, or the way, may go away. */
export class Socket {
  readonly name: string;
  readonly client: Owner;
  readonly pod: Owner;
  /** What the watcher remembers of it: updates that the pod has not answered yet. */
  readonly unanswered: Uint8Array[] = [];
  readonly #deps: SocketDeps;
  readonly #up: Lane;
  readonly #down: Lane;
  #clientEnd: SocketEnd | null = null;
  #podEnd: SocketEnd | null = null;
  #paused: Uint8Array[] | null = null;
  /** Whether the pod may still send. */
  open = true;

  constructor(deps: SocketDeps) {
    this.#deps = deps;
    this.name = deps.name;
    this.client = deps.client;
    this.pod = deps.pod;
    const speed = deps.chance.between(0.2, 8);
    const delayMs = () =>
      deps.chance.hits(0.03) ? deps.chance.between(5, 120) : speed * deps.chance.between(0.8, 1.2);
    this.#up = new Lane({ clock: deps.clock, delayMs });
    this.#down = new Lane({ clock: deps.clock, delayMs });
  }

  attach(end: 'client' | 'pod', to: SocketEnd): void {
    if (end === 'client') this.#clientEnd = to;
    else this.#podEnd = to;
  }

  /** From the client. */
  send(bytes: Uint8Array): void {
    this.#up.send(this.pod, () => {
      if (this.#paused) this.#paused.push(bytes);
      else this.#arrive(bytes);
    });
  }

  /** The client closes it. */
  leave(): void {
    this.#clientEnd = null;
    this.#up.send(this.pod, () => this.#closePod(1000, ''));
  }

  /** The pod's end, as its session needs it. */
  readonly wire = {
    isOpen: () => this.open && this.pod.alive,
    unsent: 0,
    send: (bytes: Uint8Array) => {
      if (!this.open || !this.pod.alive) return;
      this.#deps.watch.sent(this, bytes);
      if (!this.pod.alive) return;
      const sent = new Uint8Array(bytes);
      this.#down.send(this.client, () => this.#clientEnd?.onFrame(sent));
    },
    close: (code: number, reason: string) => {
      if (!this.open || !this.pod.alive) return;
      this.open = false;
      this.#down.send(this.client, () => {
        this.#closeClient(code, reason);
        this.#up.send(this.pod, () => this.#closePod(code, reason));
      });
    },
    pause: () => {
      this.#paused ??= [];
    },
    resume: () => {
      if (!this.#paused) return;
      this.#deps.clock.afterFor(this.pod, 0, () => this.#takeWaiting());
    },
  };

  /** The way is gone; each end notices in its own time. */
  cut(): void {
    const { clock, chance } = this.#deps;
    this.#up.cut();
    this.#down.cut();
    clock.afterFor(this.client, chance.between(1, 300), () => this.#closeClient(ABNORMAL, ''));
    clock.afterFor(this.pod, chance.between(1, 1500), () => this.#closePod(ABNORMAL, ''));
  }

  /** What came meanwhile, in its order, until the pod pauses again. */
  #takeWaiting(): void {
    const waiting = this.#paused ?? [];
    this.#paused = null;
    while (waiting.length && !this.#isPaused()) this.#arrive(waiting.shift()!);
    this.#paused = this.#isPaused() ? [...waiting] : null;
  }

  #isPaused(): boolean {
    return this.#paused !== null;
  }

  #arrive(bytes: Uint8Array): void {
    if (!this.#podEnd) return;
    this.#deps.watch.received(this, bytes);
    this.#podEnd.onFrame(new Uint8Array(bytes));
  }

  #closeClient(code: number, reason: string): void {
    const end = this.#clientEnd;
    this.#clientEnd = null;
    end?.onClose(code, reason);
  }

  #closePod(code: number, reason: string): void {
    this.open = false;
    const end = this.#podEnd;
    this.#podEnd = null;
    end?.onClose(code, reason);
  }
}
