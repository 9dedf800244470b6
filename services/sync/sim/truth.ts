import { KIND_MODELS } from '@syncline/model';
import type { Position } from '@syncline/journal';
import type { DocumentId, Seq } from '@syncline/protocol';
import * as Y from 'yjs';
import type { Owner } from './clock.ts';

/** A broken promise: what was promised, and what happened instead. */
export class Violation extends Error {
  override name = 'Violation';
}

type Committed = Position & { update: Uint8Array; actor: string; at: number };

interface Told {
  document: Y.Doc;
  rows: Committed[];
  /** What was committed at any time, also what the database has lost since. */
  ever: { document: Y.Doc; rows: Committed[]; head: Seq };
}

/** What a living pod held when the database went back: it must be there in the end, unless the pod ended before. */
interface Held {
  owner: Owner;
  id: DocumentId;
  state: Uint8Array;
}

/**
 * What is committed, at every moment: each row from the instant at which the database has it, whoever knows of it. It
 * keeps rows that a compaction has deleted. Everything that pods say is held against it.
 */
export class Truth {
  readonly #documents = new Map<DocumentId, Told>();
  readonly #now: () => number;
  /** What pods held whenever the database went back. */
  readonly held: Held[] = [];
  /** Whether the database has ever gone back. */
  wentBack = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  of(id: DocumentId): Told {
    let told = this.#documents.get(id);
    if (!told) {
      const document = seeded();
      told = { document, rows: [], ever: { document, rows: [], head: 0 } };
      this.#documents.set(id, told);
    }
    return told;
  }

  [Symbol.iterator](): Iterator<[DocumentId, Told]> {
    return this.#documents.entries();
  }

  /** @throws Violation when the rows are not 1, 2, 3, … */
  add(id: DocumentId, row: Position & { update: Uint8Array; actor: string }): void {
    const told = this.of(id);
    if (row.seq !== told.rows.length + 1) throw new Violation(`J1: row ${row.seq} came after ${told.rows.length}`);
    const committed = { ...row, at: this.#now() };
    const { ever } = told;
    told.rows.push(committed);
    ever.rows.push(committed);
    ever.head = Math.max(ever.head, row.seq);
    Y.applyUpdate(told.document, row.update);
    if (ever.document !== told.document) Y.applyUpdate(ever.document, row.update);
  }

  /** The database has lost each document's rows above this head. */
  goBack(head: (id: DocumentId) => Seq, held: Held[]): void {
    this.wentBack = true;
    this.held.push(...held);
    for (const [id, told] of this.#documents) {
      told.rows.splice(head(id));
      told.document = seeded();
      for (const { update } of told.rows) Y.applyUpdate(told.document, update);
    }
  }

  /** The row of this position, also one that is lost since. */
  row(id: DocumentId, { seq, nonce }: Position): Committed | undefined {
    return this.of(id).ever.rows.find((row) => row.seq === seq && row.nonce === nonce);
  }

  head(id: DocumentId): Seq {
    return this.of(id).rows.length;
  }

  /** The head as it was at that time. */
  headAt(id: DocumentId, at: number): Seq {
    return this.of(id).rows.findLastIndex((row) => row.at <= at) + 1;
  }

  /** Whether all that an update says was committed: each item, each deletion; also those that wait for others. */
  has(id: DocumentId, update: Uint8Array): boolean {
    return says(this.of(id).ever.document, update);
  }

  /** Whether it is there now. */
  hasNow(id: DocumentId, update: Uint8Array): boolean {
    return says(this.of(id).document, update);
  }
}

function seeded(): Y.Doc {
  const document = new Y.Doc();
  Y.applyUpdate(document, KIND_MODELS.plan.seed);
  return document;
}

function says(document: Y.Doc, update: Uint8Array): boolean {
  const said = Y.decodeUpdate(update);
  const known = said.structs.every(
    (struct) =>
      struct instanceof Y.Skip || struct.id.clock + struct.length <= Y.getState(document.store, struct.id.client),
  );
  if (known && said.ds.clients.size === 0) return true;
  const committed = Y.decodeUpdate(Y.encodeStateAsUpdate(document));
  return within(itemsOf(said), itemsOf(committed)) && within(deletionsOf(said), deletionsOf(committed));
}

type Decoded = ReturnType<typeof Y.decodeUpdate>;
/** From and to, in order, for each client. */
type Ranges = Map<number, [from: number, to: number][]>;

function itemsOf({ structs }: Decoded): Ranges {
  const written = structs.filter((struct) => !(struct instanceof Y.Skip));
  const byClient = Map.groupBy(written, (struct) => struct.id.client);
  return joined([...byClient], (struct) => [struct.id.clock, struct.id.clock + struct.length]);
}

function deletionsOf({ ds }: Decoded): Ranges {
  return joined([...ds.clients], (range) => [range.clock, range.clock + range.len]);
}

/** Ranges that touch become one. */
function joined<T>(byClient: [number, T[]][], range: (of: T) => [number, number]): Ranges {
  return new Map(
    byClient.map(([client, list]) => {
      const ranges: [number, number][] = [];
      for (const [from, to] of list.map(range).sort((a, b) => a[0] - b[0])) {
        const last = ranges.at(-1);
        if (last && from <= last[1]) last[1] = Math.max(last[1], to);
        else ranges.push([from, to]);
      }
      return [client, ranges];
    }),
  );
}

function within(inner: Ranges, outer: Ranges): boolean {
  return [...inner].every(([client, ranges]) =>
    ranges.every(([from, to]) => (outer.get(client) ?? []).some((range) => range[0] <= from && to <= range[1])),
  );
}
