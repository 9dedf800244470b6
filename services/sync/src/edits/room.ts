import type { Document } from '@hocuspocus/server';
import type { JournalReader, LinkedRow, Position, Row } from '@syncline/journal';
import { type DocumentId, documentName, type DocumentRef, Refusal, type Seq } from '@syncline/protocol';
import type { Clock, Logger } from '@syncline/runtime';
import * as Y from 'yjs';
import { contains, missingFrom } from './contains.ts';
import { replay } from './merge.ts';
import { Trail } from './trail.ts';

/** How rows look to Yjs and the core: they come from the journal, so nothing stores them again. */
export const JOURNAL_ORIGIN = { source: 'local', skipStoreHooks: true } as const;

/** How long a gap may last before its rows are read: frames of two pods cross each other all the time. */
const GAP_GRACE_MS = 100;
/** How long a room waits before it tries again to read rows that it could not read. */
const REPAIR_RETRY_MS = 1_000;

/**
 * A loaded document, and how far along the journal it is.
 *
 * Always: `applied` is the number of the last row that `document` contains, and it contains every row before it. Only
 * this class changes a live document (S3). It does not know where rows come from: commits of this pod, and whatever
 * else reads the journal, all pass through `receive`. Once the journal tells another history it is superseded: it takes
 * no row any more, and what it holds is for another room to bring back (S48).
 */
export class Room {
  readonly id: DocumentId;
  readonly ref: DocumentRef;
  readonly document: Document;
  /** What lies between the document's snapshot and its head, as far as this pod has seen it. */
  behind = { rows: 0, bytes: 0 };
  #snapshotBytes = 0;
  /** Of appends under way. */
  #bytesComing = 0;
  /** Appends and commands under way; the document stays loaded until they are done. */
  busy = 0;
  lastUsed: number;

  readonly #deps: RoomDeps;
  readonly #trail = new Trail();
  #loading = true;
  #superseded = false;
  readonly #early = new Map<Seq, LinkedRow>();
  /** Rows of this pod's own that could not be applied yet: what they say is acknowledged, and may be nowhere else. */
  readonly #own = new Set<LinkedRow>();
  #repairing: Promise<void> | null = null;
  #repairPlanned = false;
  readonly #onApplied = new Set<(row: Row) => void>();
  readonly #onSuperseded = new Set<() => void>();

  constructor(deps: RoomDeps, room: { id: DocumentId; ref: DocumentRef; document: Document }) {
    this.#deps = deps;
    this.id = room.id;
    this.ref = room.ref;
    this.document = room.document;
    this.lastUsed = deps.clock.now();
  }

  /** The number of the last row that the document contains. */
  get applied(): Seq {
    return this.#trail.at.seq;
  }

  /** The last row that the document contains. */
  get position(): Position {
    return this.#trail.at;
  }

  /** Whether the journal tells another history than this document. */
  get superseded(): boolean {
    return this.#superseded;
  }

  /** How large the document is, as it is stored and about to be. */
  get bytes(): number {
    return this.#snapshotBytes + this.behind.bytes + this.#bytesComing;
  }

  /** Reads the document from the journal; rows that are committed meanwhile come after (S8). */
  async load(seed: Uint8Array): Promise<void> {
    const read = await this.#deps.reader.read(this.id);
    if (read.head === 0) Y.applyUpdate(this.document, seed, JOURNAL_ORIGIN);
    this.document.transact(() => this.#take(read), JOURNAL_ORIGIN);
    this.#loading = false;
    this.#drainEarly();
  }

  /**
   * Takes a committed row: applies it when it is the next, keeps it and reads what lies between when it is not.
   * @param own whether this pod has committed it
   */
  receive(row: LinkedRow, own = false): void {
    if (this.#superseded) return;
    if (own) this.#own.add(row);
    if (row.seq > this.applied) this.#early.set(row.seq, row);
    else if (!this.#trail.knows(row)) this.doubt();
    if (this.#loading) return;
    this.#drainEarly();
    if (this.#early.size) this.#repairIn(GAP_GRACE_MS);
  }

  /** Takes what was read from the journal beside this room: rows of the same history, from one that it has or is next. */
  receiveTail(rows: Row[]): void {
    if (this.#loading || this.#superseded) return;
    for (const row of rows) this.#apply(row);
    this.#drainEarly();
  }

  /** Something speaks against the journal's being what it was: it is asked soon. */
  doubt(): void {
    this.#deps.onDoubt();
  }

  /** All that is known here and must not be lost: the document, and own rows that never came into it. */
  held(): Uint8Array {
    return Y.mergeUpdates([Y.encodeStateAsUpdate(this.document), ...[...this.#own].map(({ update }) => update)]);
  }

  /** The journal tells another history: who is in this document goes, and it takes nothing any more. */
  supersede(head: Seq): void {
    if (this.#superseded) return;
    this.#superseded = true;
    this.#early.clear();
    for (const callback of this.#onSuperseded) callback();
    this.#deps.onSuperseded(this, head);
  }

  /** Calls back once it is superseded, until told to stop. */
  onSuperseded(callback: () => void): () => void {
    this.#onSuperseded.add(callback);
    return () => this.#onSuperseded.delete(callback);
  }

  /** @throws Refusal `unavailable` when this is not the document any more, and another is about to be opened */
  requireCurrent(): void {
    if (!this.#superseded) return;
    const name = documentName(this.ref);
    throw new Refusal(
      'unavailable',
      `The database went back to an earlier state of ${name}, which is being opened anew; send it again.`,
      { retry_after: 1 },
    );
  }

  /** A snapshot of `snapshotBytes` covers the document up to `coversSeq`; rows of `bytes` bytes lie behind it. */
  compacted({ coversSeq, snapshotBytes, bytes }: { coversSeq: Seq; snapshotBytes: number; bytes: number }): void {
    this.behind = { rows: Math.max(0, this.applied - coversSeq), bytes };
    this.#snapshotBytes = snapshotBytes;
  }

  /**
   * Brings the document up to `seq`, or to the journal's head.
   * @throws Refusal `unavailable` when it is superseded, and whatever reading the journal throws
   */
  async catchUp(seq: Seq = Infinity): Promise<void> {
    this.requireCurrent();
    if (this.applied >= seq) return;
    // One that is under way may have read before the row was there.
    await this.#repairing?.catch(() => {});
    this.requireCurrent();
    if (this.applied < seq) await this.#repair();
    this.requireCurrent();
  }

  /** Calls back after each applied row, until told to stop. */
  onApplied(callback: (row: Row) => void): () => void {
    this.#onApplied.add(callback);
    return () => this.#onApplied.delete(callback);
  }

  /** Holds the document in memory while `work` runs, which may add `bytes` to it. */
  async hold<T>(work: () => Promise<T>, bytes = 0): Promise<T> {
    this.busy += 1;
    this.#bytesComing += bytes;
    try {
      return await work();
    } finally {
      this.busy -= 1;
      this.#bytesComing -= bytes;
      this.lastUsed = this.#deps.clock.now();
    }
  }

  /** What whoever asked for this document is told when it, and it alone, cannot be read (S34). */
  unreadable(error: unknown): Refusal {
    this.#deps.log.error({ err: error, document: this.id }, 'a document cannot be read');
    this.#deps.onUnreadable();
    const name = documentName(this.ref);
    return new Refusal(
      'unreadable',
      `${name} cannot be read. All that is stored of it is kept: an operator can export ${name}.`,
    );
  }

  #take({ snapshot, rows }: Read): void {
    if (snapshot && snapshot.coversSeq > this.applied) {
      try {
        Y.applyUpdate(this.document, snapshot.state, JOURNAL_ORIGIN);
      } catch (error) {
        throw this.unreadable(error);
      }
      this.#trail.follow({ seq: snapshot.coversSeq, nonce: snapshot.nonce });
      this.behind = { rows: 0, bytes: 0 };
      this.#snapshotBytes = snapshot.state.length;
      this.#tell({ ...this.position, update: snapshot.state, actor: 'system:snapshot' });
    }
    for (const row of rows) this.#apply(row);
  }

  #apply(row: Row): void {
    if (this.#superseded) return;
    if (row.seq <= this.applied) {
      // What was read goes on from another row than the one that has come meanwhile.
      if (row.seq === this.applied && !this.#trail.knows(row)) this.supersede(row.seq);
      return;
    }
    // Rows are missing in between: the journal is read from where this document is.
    if (row.seq > this.applied + 1) return this.doubt();
    try {
      Y.applyUpdate(this.document, row.update, JOURNAL_ORIGIN);
    } catch (error) {
      // Some updates decode and yet throw: such a row must not keep its document from loading.
      this.#deps.log.error({ err: error, document: this.id, seq: row.seq }, 'a row cannot be applied');
      this.#deps.onPoison();
    }
    this.#trail.follow(row);
    this.behind.rows += 1;
    this.behind.bytes += row.update.length;
    this.#tell(row);
  }

  #tell(row: Row): void {
    for (const callback of this.#onApplied) {
      try {
        callback(row);
      } catch (error) {
        this.#deps.log.error({ err: error, document: this.id, seq: row.seq }, 'a row could not be followed');
      }
    }
  }

  #drainEarly(): void {
    for (let row = this.#early.get(this.applied + 1); row; row = this.#early.get(this.applied + 1)) {
      this.#early.delete(row.seq);
      if (this.#trail.isNext(row)) this.#apply(row);
      // It follows another row than the one that is here: one of the two histories is not the journal's.
      else this.doubt();
    }
    for (const seq of this.#early.keys()) if (seq <= this.applied) this.#early.delete(seq);
    this.#settleOwn();
  }

  /** An own row whose number was passed is in the document; where another came in its place, the journal went back. */
  #settleOwn(): void {
    for (const row of this.#own) {
      if (row.seq > this.applied) continue;
      if (!this.#trail.knows(row) && !contains(this.document, Y.decodeUpdate(row.update)))
        return this.supersede(this.applied);
      this.#own.delete(row);
    }
  }

  #repair(): Promise<void> {
    const told = [...this.#early.keys()];
    const from = this.applied;
    this.#repairing ??= this.#deps.reader
      .read(this.id, this.position)
      .then((read) => {
        if (this.#loading || this.#superseded) return;
        // Rows that have come meanwhile are in the document and may not be in what was read: it is read again.
        if (read.history === 'unknown' && this.applied !== from) return this.doubt();
        if (!this.#joins(read)) return this.supersede(read.head);
        this.#take(read);
        // Pods tell of rows that are committed: one that was told of before the reading and is not there is nobody's.
        for (const seq of told) if (seq > read.head) this.#early.delete(seq);
        for (const { seq } of this.#own) if (seq > read.head && told.includes(seq)) return this.supersede(read.head);
        this.#drainEarly();
      })
      .finally(() => {
        this.#repairing = null;
      });
    return this.#repairing;
  }

  /** Whether what was read goes on from what is here. Where the row is gone, the two are compared. */
  #joins(read: Read): boolean {
    if (read.history !== 'unknown') return read.history === 'same';
    return read.snapshot !== null && !missingFrom(replay(read).document, Y.encodeStateAsUpdate(this.document));
  }

  #repairIn(ms: number): void {
    if (this.#repairPlanned) return;
    this.#repairPlanned = true;
    this.#deps.clock.after(ms, () => {
      this.#repairPlanned = false;
      if (this.document.isDestroyed || this.#superseded || !this.#early.size) return;
      this.#deps.onRepair('gap');
      this.#repair().catch((error: unknown) => {
        this.#deps.log.warn({ err: error, document: this.id }, 'rows are missing and cannot be read yet');
        this.#repairIn(REPAIR_RETRY_MS);
      });
    });
  }
}

export interface RoomDeps {
  reader: JournalReader;
  clock: Clock;
  log: Logger;
  /** Called for each row that cannot be applied. */
  onPoison: () => void;
  /** Called each time that the document as a whole cannot be read. */
  onUnreadable: () => void;
  /** Called when rows that did not arrive are read from the journal. */
  onRepair: (reason: RepairReason) => void;
  /** Called when the journal is to be asked soon whether it is what it was. */
  onDoubt: () => void;
  /** Called once, when the journal, whose head is this, tells another history than the room's document. */
  onSuperseded: (room: Room, head: Seq) => void;
}

type Read = Awaited<ReturnType<JournalReader['read']>>;

export type RepairReason = 'gap' | 'restored' | 'timer' | 'doubt';
