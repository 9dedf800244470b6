/** What an entry costs beside its bytes: the smallest ones would otherwise wait by the million. */
const ENTRY_BYTES = 256;

/** How many bytes may wait, and how many of them may be one actor's, so that nobody fills the journal for all others. */
export class Allowance {
  readonly #limits: { maxWaitingBytes: number; maxWaitingBytesOfOne: number };
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  constructor(limits: { maxWaitingBytes: number; maxWaitingBytesOfOne: number }) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#taken;
  }

  /** @returns what gives it back, or null when there is no room for it */
  take(actor: string, bytes: number): (() => void) | null {
    const cost = bytes + ENTRY_BYTES;
    const { maxWaitingBytes, maxWaitingBytesOfOne } = this.#limits;
    const others = this.#of(actor);
    // One that is larger than its part waits alone: a whole document is, and could else never be appended.
    const isOver = others > 0 && others + cost > maxWaitingBytesOfOne;
    if (this.#taken + cost > maxWaitingBytes || isOver) return null;
    this.#add(actor, cost);
    return () => this.#add(actor, -cost);
  }

  #of(actor: string): number {
    return this.#takenBy.get(actor) ?? 0;
  }

  #add(actor: string, cost: number): void {
    this.#taken += cost;
    const left = this.#of(actor) + cost;
    if (left > 0) this.#takenBy.set(actor, left);
    else this.#takenBy.delete(actor);
  }
}
