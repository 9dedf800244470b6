import * as Y from 'yjs';

interface Entry {
  kind: string;
  bytes: Uint8Array;
  /** How many rows there were when it was acknowledged, and whether the last of them came of it. */
  rows: number;
  added: boolean;
}

const NOTHING = Uint8Array.of(0, 0);

/**
 * What was acknowledged, to be compared with the rows that a database has: an update is stored when rows name each of
 * its structs, and each of its deletions, or have that effect.
 */
export class Ledger {
  readonly #seed: Uint8Array;
  readonly #violation: (what: string) => void;
  readonly #entries: Entry[] = [];

  constructor(seed: Uint8Array, violation: (what: string) => void) {
    this.#seed = seed;
    this.#violation = violation;
  }

  acknowledged(entry: Entry): void {
    this.#entries.push(entry);
  }

  /**
   * @param rows what the database has, in its order
   * @returns the state that they lead to
   */
  check(rows: readonly Uint8Array[]): Uint8Array {
    const last = this.#entries.at(-1)?.rows ?? 0;
    if (rows.length !== last) this.#violation(`${rows.length} rows, of which ${last} were acknowledged`);
    const stored = new Stored(this.#seed);
    let read = 0;
    for (const { kind, bytes, rows: known, added } of this.#entries) {
      for (; read < Math.min(known, rows.length); read++)
        if (!stored.add(rows[read]!)) this.#violation(`“${kind}” is stored and cannot be applied`);
      // The first has the seed in it too.
      if (added && known > 1 && !isSame(rows[known - 1], bytes))
        this.#violation(`“${kind}” is not in the row that came of it`);
      if (!stored.has(bytes)) this.#violation(`“${kind}” was acknowledged and is not stored`);
    }
    return stored.state;
  }
}

/** What rows say, read without the pod's help. */
class Stored {
  readonly #structs = new Named();
  readonly #deletions = new Named();
  readonly #document = new Y.Doc();

  constructor(seed: Uint8Array) {
    // Known of a new document, and stored with its first row.
    this.add(seed);
  }

  /** @returns whether it can be applied */
  add(row: Uint8Array): boolean {
    const { structs, ds } = Y.decodeUpdate(row);
    for (const struct of structs)
      if (!(struct instanceof Y.Skip)) this.#structs.add(struct.id.client, struct.id.clock, struct.length);
    for (const [client, ranges] of ds.clients)
      for (const { clock, len } of ranges) this.#deletions.add(client, clock, len);
    try {
      Y.applyUpdate(this.#document, row);
      return true;
    } catch {
      return false;
    }
  }

  /** All of them as one state, what waits in it included. */
  get state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.#document);
  }

  has(bytes: Uint8Array): boolean {
    try {
      const { structs, ds } = Y.decodeUpdate(bytes);
      return (
        structs.every(
          (struct) => struct instanceof Y.Skip || this.#structs.has(struct.id.client, struct.id.clock, struct.length),
        ) &&
        [...ds.clients].every(([client, ranges]) =>
          ranges.every(({ clock, len }) => this.#isDeleted(client, clock, len)),
        )
      );
    } catch {
      // What cannot even be read is nowhere.
      return false;
    }
  }

  /** By a row that names it, or without a word, as what a map's next value replaces. */
  #isDeleted(client: number, clock: number, len: number): boolean {
    if (this.#deletions.has(client, clock, len)) return true;
    const { store } = this.#document;
    for (let at = clock; at < clock + len; at++) {
      const implied = at < Y.getState(store, client) && Y.getItem(store, Y.createID(client, at)).deleted;
      if (!implied && !this.#deletions.has(client, at, 1)) return false;
    }
    return true;
  }
}

/** Clocks that rows name, by client. */
class Named {
  readonly #clients = new Map<number, { clock: number; end: number }[]>();

  add(client: number, clock: number, len: number): void {
    const ranges = this.#clients.get(client) ?? [];
    this.#clients.set(client, ranges);
    ranges.push({ clock, end: clock + len });
  }

  has(client: number, clock: number, len: number): boolean {
    const ranges = this.#clients.get(client) ?? [];
    let at: number | undefined = clock;
    while (at !== undefined && at < clock + len) {
      const from: number = at;
      at = ranges.find((range) => range.clock <= from && range.end > from)?.end;
    }
    return at !== undefined;
  }
}

/** Whether a row is an update as it came, or as Yjs puts it in order. */
function isSame(row: Uint8Array | undefined, update: Uint8Array): boolean {
  return row !== undefined && [update, Y.mergeUpdates([update, NOTHING])].some((as) => !Buffer.compare(row, as));
}
