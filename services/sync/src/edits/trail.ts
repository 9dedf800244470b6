import { type LinkedRow, type Position, START } from '@syncline/journal';

/** So many of the last rows are known again when they come a second time, as they do when two pods' frames cross. */
const REMEMBERED = 64;

/**
 * How far along its history a document is. It tells the row that comes next, and one that came before, from a row of
 * another history under the same number (S48).
 */
export class Trail {
  #at: Position = START;
  readonly #nonces = new Map<number, number>();

  get at(): Position {
    return this.#at;
  }

  /** Goes on to this position: the next row's, or one that a snapshot reaches. */
  follow({ seq, nonce }: Position): void {
    if (seq !== this.#at.seq + 1) this.#nonces.clear();
    this.#at = { seq, nonce };
    this.#nonces.set(seq, nonce).delete(seq - REMEMBERED);
  }

  /** Whether the row is the one after the last. */
  isNext(row: LinkedRow): boolean {
    return row.seq === this.#at.seq + 1 && row.previous === this.#at.nonce;
  }

  /** Whether this row, of a number that was passed, is known to be the one that was passed. */
  knows(row: Position): boolean {
    return this.#nonces.get(row.seq) === row.nonce;
  }
}
