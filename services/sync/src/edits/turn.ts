/** Keeps the updates of one connection in their order (S4) while something has to be found out about one of them. */
export class Turn {
  #found: Promise<void> | null = null;

  /** Runs it at once, or after all that came before; not at all when that was refused, for it may follow from it. */
  take(work: () => Promise<void>): Promise<void> {
    return this.#found ? this.#found.then(() => this.take(work)) : work();
  }

  /** What comes later waits for this. */
  holdUp(found: Promise<void>): void {
    this.#found = found.finally(() => {
      this.#found = null;
    });
    // Whoever sent it is told by the append itself.
    this.#found.catch(() => {});
  }
}
