interface Waiting {
  /** Acknowledgements until all is saved that was written before; unknown before the first of this connection. */
  remaining: number;
  resolve: () => void;
  reject: (error: NotSaved) => void;
}

/** What was written in a tab was not committed, as far as it knows. */
export class NotSaved extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotSaved';
  }
}

/**
 * Who waits until what was written before is committed. The server acknowledges a connection's frames in their order,
 * so one waits for as many as are under way, whatever is written later. The first acknowledgement of a connection comes
 * after the handshake, in which all is sent that the server lacks: before it, nothing is known.
 */
export class Saves {
  #waiting: Waiting[] = [];
  #underWay = 0;
  #isHeard = false;

  /** Resolves when what is under way now is acknowledged. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ remaining: this.#isHeard ? this.#underWay : Infinity, resolve, reject });
    });
  }

  /** The provider counts this many frames that are under way, on a connection that is let in. */
  onCount(count: number): void {
    const isAcknowledgement = count < this.#underWay;
    this.#underWay = count;
    if (isAcknowledgement) this.#onAcknowledged();
  }

  /** A connection begins with a handshake, which counts as one. */
  onLetIn(count: number): void {
    this.#underWay = count;
  }

  onClose(): void {
    this.#isHeard = false;
    for (const waiting of this.#waiting) waiting.remaining = Infinity;
  }

  /** All is saved. */
  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  /** Nothing will be acknowledged any more. */
  giveUp(why: string): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new NotSaved(why));
  }

  #onAcknowledged(): void {
    const before = this.#waiting;
    for (const waiting of before) waiting.remaining = this.#isHeard ? waiting.remaining - 1 : this.#underWay;
    this.#isHeard = true;
    this.#waiting = before.filter(({ remaining }) => remaining > 0);
    for (const { remaining, resolve } of before) if (remaining <= 0) resolve();
  }
}
