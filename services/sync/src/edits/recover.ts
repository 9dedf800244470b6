import type { CommittedRow, HistoryStore, JournalReader, JournalWriter, Position } from '@syncline/journal';
import { type DocumentId, documentName, type DocumentRef, type Seq } from '@syncline/protocol';
import type { Clock, Logger, Metrics } from '@syncline/runtime';
import * as Y from 'yjs';
import { missingFrom } from './contains.ts';
import { firstRow, NOTHING } from './record.ts';
import type { Room } from './room.ts';
import type { Rooms } from './rooms.ts';

/** Who writes what a pod brings back. */
const ACTOR = 'system:recovery';
/** How soon what could not be done is tried again, … */
const RETRY_MS = 500;
/** … each time twice as late, up to this. */
const MAX_RETRY_MS = 10_000;
/** Of how many documents that have left memory a pod remembers how far they had come: some 200 bytes each. */
const MAX_REMEMBERED = 10_000;
/** So many are looked up at a time. */
const PAGE = 1_000;
/** Rows that are appended at most so that no revision is given a second time; after a loss of more, some may be. */
const MAX_FILLING_ROWS = 10_000;

export interface RecoveryDeps {
  journal: JournalWriter;
  reader: JournalReader;
  history: HistoryStore;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  rooms: () => Rooms;
  /** Asks of every document in memory whether the journal still has it as it is there. */
  doubtAll: () => void;
}

interface Remembered {
  document: DocumentId;
  ref: DocumentRef;
  known: Position;
}

/** A document that is being brought back to what was held of it, from one moment and perhaps several. */
interface Bringing extends Remembered {
  /** The head that the journal had instead. */
  found: Seq;
  held: Uint8Array[];
  done: Promise<void>;
}

/**
 * What a pod does when the journal went back: a database that failed over to a standby that lacked the last rows, or was
 * restored (S48, S49). It opens each document anew and appends what it held of it and the journal lacks, and rows that
 * say nothing until the head is above every revision that it knows to have been given (S51). Of documents that it held
 * once and holds no more it finds out which are missing rows, and says so: nobody here can bring them back (S50).
 */
export class Recovery {
  readonly #deps: RecoveryDeps;
  readonly #left = new Map<DocumentId, Remembered>();
  readonly #bringing = new Map<DocumentId, Bringing>();
  readonly #changes;
  #epoch: string | null = null;
  #searching = false;
  #searchAgain = false;
  #stopped = false;

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
    this.#changes = deps.metrics.counter(
      'journal_went_back_total',
      'Documents of which the journal lacked rows that this pod knew of, by what became of them; recoveries that show',
      ['outcome'],
    );
    // From the start: an alert that waits for a rise does not see the first one of a count that was not there.
    for (const outcome of ['brought_back', 'nothing_missing', 'lost', 'recovery']) this.#changes.inc({ outcome }, 0);
  }

  /** A document is in memory again: what was known of it is compared with what the journal has now. */
  loaded({ id }: Room): void {
    const known = this.#left.get(id);
    this.#left.delete(id);
    if (known) void this.#compare(known);
  }

  /** A document has left memory. */
  remember({ id, ref, position, superseded }: Room): void {
    if (position.seq === 0 || superseded) return;
    this.#left.delete(id);
    this.#left.set(id, { document: id, ref, known: position });
    if (this.#left.size > MAX_REMEMBERED) this.#left.delete(this.#left.keys().next().value!);
  }

  /** Looks whether a recovery of the database shows: then every document may have gone back. */
  async watchEpoch(): Promise<void> {
    const epoch = await this.#deps.history.epoch();
    if (this.#epoch !== null && epoch !== this.#epoch) {
      this.#deps.log.error(
        { before: this.#epoch, epoch },
        'the database was recovered: its last commits may be missing',
      );
      this.#changes.inc({ outcome: 'recovery' });
      this.#deps.doubtAll();
      void this.#searchLost();
    }
    this.#epoch = epoch;
  }

  /** The journal, whose head of the document is `found`, tells another history than the room. */
  superseded(room: Room, found: Seq): void {
    const { log, rooms } = this.#deps;
    const { id, ref, position: known } = room;
    const name = documentName(ref);
    log.error({ document: id, name, known: known.seq, found }, 'the journal went back: a document is opened anew');
    const held = heldIn(room);
    rooms().discard(room);
    const bringing = this.#bringing.get(id);
    if (bringing) {
      bringing.held.push(held);
      if (known.seq > bringing.known.seq) bringing.known = known;
    } else this.#begin({ document: id, ref, known, found, held: [held] });
    this.#deps.doubtAll();
    void this.#searchLost();
  }

  /** A row of this pod's own whose document is just being opened anew: it may be of the history that is lost. */
  orphan({ document, update }: CommittedRow): void {
    this.#bringing.get(document)?.held.push(update);
  }

  /** Tries once more to bring back what is not yet, and says what could not be. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#bringing.values()].map(({ done }) => done));
  }

  #begin(of: Omit<Bringing, 'done'>): void {
    const bringing: Bringing = { ...of, done: Promise.resolve() };
    this.#bringing.set(of.document, bringing);
    bringing.done = this.#bringBack(bringing).finally(() => this.#bringing.delete(of.document));
  }

  async #bringBack(bringing: Bringing): Promise<void> {
    const { log, history } = this.#deps;
    const { document: id, ref, found } = bringing;
    for (let wait = RETRY_MS; ; wait = Math.min(2 * wait, MAX_RETRY_MS)) {
      const held = bringing.held.length;
      try {
        const broughtBack = await this.#append(ref, Y.mergeUpdates(bringing.held), bringing.known.seq);
        this.#changes.inc({ outcome: broughtBack ? 'brought_back' : 'nothing_missing' });
        log.warn({ document: id, name: documentName(ref), broughtBack }, 'a document is as it was before');
        await history.note({ id, ref, known: bringing.known, found, broughtBack: true });
        // It was superseded once more meanwhile, or a row came late.
        if (held === bringing.held.length) return;
      } catch (error) {
        const what = { err: error, document: id, name: documentName(ref) };
        log.warn(what, 'what the journal lacks of a document could not be appended yet');
        if (this.#stopped) return log.error(what, 'it was not: clients that have it will bring it back');
      }
      await new Promise<void>((resolve) => {
        this.#deps.clock.after(wait, resolve);
      });
    }
  }

  /** @returns whether anything was missing */
  async #append(ref: DocumentRef, state: Uint8Array, known: Seq): Promise<boolean> {
    const room = await this.#deps.rooms().open(ref);
    const append = (update: Uint8Array) =>
      this.#deps.journal.append({ document: room.id, actor: ACTOR, ...firstRow(room, update) });
    return room.hold(async () => {
      const missing = missingFrom(room.document, state);
      // A document that is not there although it was held is one of which nothing but its seed was written.
      if (!missing && room.applied === 0) return false;
      const wanted = known + 1 - room.applied - (missing ? 1 : 0);
      const filling = Array.from({ length: Math.max(0, Math.min(wanted, MAX_FILLING_ROWS)) }, () => NOTHING);
      // Together, and so in one batch: no revision in between is the document's for a moment.
      await Promise.all([...(missing ? [missing] : []), ...filling].map(append));
      return missing !== null;
    });
  }

  async #compare(known: Remembered): Promise<void> {
    try {
      if (!(await this.#tellLost([known])).length) return;
      this.#deps.doubtAll();
      await this.#append(known.ref, NOTHING, known.known.seq);
    } catch (error) {
      const what = { err: error, document: known.document };
      this.#deps.log.warn(what, 'what is known of a document could not be compared with the journal');
    }
  }

  async #searchLost(): Promise<void> {
    this.#searchAgain = true;
    if (this.#searching) return;
    this.#searching = true;
    try {
      while (this.#searchAgain) {
        this.#searchAgain = false;
        const left = [...this.#left.values()];
        for (let at = 0; at < left.length; at += PAGE)
          for (const { document } of await this.#tellLost(left.slice(at, at + PAGE))) this.#left.delete(document);
      }
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'what the journal lacks could not be looked up yet');
      if (!this.#stopped) this.#deps.clock.after(RETRY_MS, () => void this.#searchLost());
    }
    this.#searching = false;
  }

  /** @returns those of these documents whose row the journal does not have any more; each has been told of */
  async #tellLost(known: Remembered[]): Promise<Remembered[]> {
    const { reader, history, log } = this.#deps;
    const lost = await reader.lost(known);
    for (const { document, ref, known, head } of lost) {
      await history.note({ id: document, ref, known, found: head, broughtBack: false });
      this.#changes.inc({ outcome: 'lost' });
      const told = { document, name: documentName(ref), known: known.seq, found: head };
      log.error(told, 'rows of a document are gone that this pod has no more; who has them will bring them back');
    }
    return lost;
  }
}

function heldIn(room: Room): Uint8Array {
  try {
    return room.held();
  } catch {
    // An own row that cannot be merged cannot be applied either: the document itself must not be lost with it.
    return Y.encodeStateAsUpdate(room.document);
  }
}
