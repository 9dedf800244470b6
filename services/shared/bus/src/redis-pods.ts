import type { Clock } from '@syncline/runtime';

/** How often a pod says that it lives. */
const BEAT_MS = 1_000;
/** So many beats without a word, and it is taken for dead. */
const MISSED_BEATS = 3;

/**
 * Which pods live, by their word. Silence counts in this pod's own beats, and only while Redis could carry the other's:
 * a pod that was itself held up, or cut off, must not take all others for dead.
 */
export class RedisPods {
  readonly #deps: RedisPodsDeps;
  /** Of each pod that lives, the beats since its last word. */
  readonly #silent = new Map<string, number>();
  readonly #gone = new Set<string>();
  #cancel: () => void = () => {};

  constructor(deps: RedisPodsDeps) {
    this.#deps = deps;
    this.#beat();
  }

  /** A word of another pod has come in. */
  heard(pod: string): void {
    this.#silent.set(pod, 0);
    if (this.#gone.delete(pod)) this.#deps.onBack();
  }

  stop(): void {
    this.#cancel();
  }

  #beat(): void {
    this.#cancel = this.#deps.clock.after(BEAT_MS, () => this.#beat());
    if (this.#deps.canHear()) this.#count();
    else for (const pod of this.#silent.keys()) this.#silent.set(pod, 0);
    this.#deps.say();
  }

  #count(): void {
    for (const [pod, beats] of Array.from(this.#silent)) {
      this.#silent.set(pod, beats + 1);
      if (beats < MISSED_BEATS) continue;
      this.#silent.delete(pod);
      this.#gone.add(pod);
      this.#deps.onGone(pod);
    }
  }
}

export interface RedisPodsDeps {
  clock: Clock;
  /** Tells the others that this pod lives, if they can be told. */
  say: () => void;
  canHear: () => boolean;
  onGone: (pod: string) => void;
  /** One that was taken for dead is back. */
  onBack: () => void;
}
