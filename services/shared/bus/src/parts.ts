/**
 * Messages larger than the bus carries at once, in numbered parts. Knows bytes, not the bus.
 */

/** Cuts `data` into parts of at most `size` bytes, without copying; an empty message is one empty part. */
export function splitParts(data: Uint8Array, size: number): Uint8Array[] {
  if (data.length <= size) return [data];
  return Array.from({ length: Math.ceil(data.length / size) }, (_, n) => data.subarray(n * size, (n + 1) * size));
}

/** `n/m`, as a header carries it; n counts from 1. */
export function formatPart(n: number, of: number): string {
  return `${n}/${of}`;
}

/** Reads {@link formatPart}; null when it is none. */
export function parsePart(text: string): { n: number; of: number } | null {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  if (!match) return null;
  const [n, of] = [Number(match[1]), Number(match[2])];
  return n >= 1 && n <= of ? { n, of } : null;
}

/** Puts a message together; parts may come in any order, and a part that comes twice counts once. */
export class Assembly {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #missing = Infinity;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * @returns the message once its last missing part is here, else null
   * @throws RangeError when it grows beyond the limit, or its parts do not belong together
   */
  add({ n, of }: { n: number; of: number }, bytes: Uint8Array): Uint8Array | null {
    if (this.#missing === Infinity) {
      this.#parts = Array.from({ length: of });
      this.#missing = of;
    }
    if (of !== this.#parts.length) throw new RangeError('parts of different messages');
    if (!this.#parts[n - 1]) {
      this.#parts[n - 1] = bytes;
      this.#missing -= 1;
      this.#bytes += bytes.length;
      if (this.#bytes > this.#maxBytes) throw new RangeError(`more than ${this.#maxBytes} bytes`);
    }
    if (this.#missing) return null;
    return this.#parts.length === 1 ? bytes : Buffer.concat(this.#parts);
  }
}
