import type { Snapshot } from './compact.ts';
import type { CommandResult, DocumentId, DocumentRef, Kind, Seq } from '@syncline/protocol';

/**
 * The journal: every document as a numbered, append-only list of updates, which it stores and never looks into.
 * SPEC.md beside this folder numbers what must hold.
 */

/**
 * A place in a document's history: a row's number, and the nonce of the commit that wrote it. A database that went back
 * may give a number a second time, and never with the same nonce: who finds the row of a position finds all before it.
 */
export interface Position {
  seq: Seq;
  nonce: number;
}

/** Before the first row. */
export const START: Position = { seq: 0, nonce: 0 };

/** One committed row. `actor` is who wrote it, as `type:id`. */
export interface Row extends Position {
  update: Uint8Array;
  actor: string;
}

/**
 * Whether a journal still has the row of a position that somebody knows: it has; it has another, or none, in its place,
 * and so is not the journal that it was; or the row has given way to a snapshot, and nobody can tell.
 */
export type History = 'same' | 'other' | 'unknown';

/** What lies above a position. */
export interface Tail {
  history: History;
  rows: Row[];
}

/** What an update is appended with. */
export interface Append {
  document: DocumentId;
  actor: string;
  update: Uint8Array;
  /** Given while the document may have no row yet: its names, so that the first row also makes the document. */
  birth?: DocumentRef | undefined;
  /** Handed back to `committed`, unread. */
  origin?: unknown;
}

/** A command: its update is made at the last moment, on a document that holds every row this pod has committed. */
export interface AppendCommand {
  document: DocumentId;
  actor: string;
  command: { id: string; hash: string };
  /** About how much memory it takes while it waits. */
  bytes: number;
  /** Called synchronously when its batch is put together. A throw refuses this command and no other. */
  rehearse: () => Rehearsed;
  /**
   * Called synchronously with what `appendCommand` is about to reject with, once the entry was taken: what was rehearsed
   * is not committed, or nobody knows. Nothing else has been rehearsed since (J27).
   */
  dropped: (error: unknown) => void;
}

/** `expect`: the head on which the update was made; another head in the database sends the command back. */
export interface Rehearsed {
  update: Uint8Array;
  result: CommandResult;
  expect: Position;
  birth?: DocumentRef | undefined;
  origin?: unknown;
}

/** A row that says which one it follows, for whoever has it from elsewhere than the journal. */
export interface LinkedRow extends Row {
  /** The nonce of the row before it. */
  previous: number;
}

/** A row that has just been committed by this process, with what it was appended with. */
export interface CommittedRow extends LinkedRow {
  document: DocumentId;
  origin: unknown;
}

/** A command that has taken effect: under which payload, with what result, at which revision. */
export interface StoredCommand {
  hash: string;
  result: CommandResult;
  seq: Seq;
}

/** Appending, one batch at a time for all documents of a pod. */
export interface JournalWriter {
  /**
   * Resolves with the row's number after it is committed and `committed` has run.
   * @throws JournalUnavailable when the outcome is a failure or unknown; JournalFull when too much is waiting
   */
  append(entry: Append): Promise<Seq>;
  /**
   * The same for a command.
   * @throws HeadMoved when another process appended first or has carried out this command: look for the command, read
   * the tail, call again. Also what `rehearse` threw.
   */
  appendCommand(entry: AppendCommand): Promise<{ seq: Seq; result: CommandResult }>;
  /**
   * The same when others keep coming first: holds the document's head for itself while it reads what lies above
   * `after`, rehearses and appends. Others wait meanwhile, so it is the last resort.
   * @throws HeadMoved when the command has taken effect elsewhere, or the rows above `after` do not join it
   */
  appendCommandAlone(
    entry: Omit<AppendCommand, 'rehearse' | 'dropped' | 'bytes'> & {
      after: Position;
      rehearse: (tail: Row[]) => Rehearsed;
    },
  ): Promise<{ seq: Seq; result: CommandResult }>;
  /** Resolves when all that was appended so far is committed or failed. */
  flush(): Promise<void>;
}

/** Reading documents back. */
export interface JournalReader {
  /**
   * Rows above `after`, in order, and the head they lead up to (0 for a document that is not there). Where a snapshot
   * reaches beyond `after`, it comes first and the rows are those above it.
   * @param after default {@link START}, which every history shares
   */
  read(document: DocumentId, after?: Position): Promise<Tail & { head: Seq; snapshot: Snapshot | null }>;
  /**
   * What lies above `after` in each of these documents, in order; documents whose head is just that are left out. Rows
   * that a snapshot has replaced are missing, perhaps all of them, and the history is then unknown: read the document.
   */
  tails(wanted: { document: DocumentId; after: Position }[]): Promise<Map<DocumentId, Tail>>;
  /** Those of these documents that do not have the row of this position any more, with the head that they have (J30). */
  lost<T extends { document: DocumentId; known: Position }>(known: T[]): Promise<(T & { head: Seq })[]>;
  /** The command with this id on this document, if it has taken effect. */
  command(document: DocumentId, id: string): Promise<StoredCommand | null>;
}

/** A document's internal id with its names, as the database has them. */
export interface DocumentName {
  id: DocumentId;
  workspace: string;
  kind: Kind;
  name: string;
}

/** A record as it shall be: `data` is JSON (see `recordJson`), null when the record has gone. */
export interface RecordChange {
  entity: string;
  id: string;
  data: string | null;
}

/** What leads a document's records from revision `base`, 0 when there are none yet, to revision `seq`. */
export interface RecordChanges extends Position {
  document: DocumentId;
  base: Seq;
  records: RecordChange[];
}

/** Up to which revision a document's records have come, and which there are. */
export interface Recorded {
  seq: Seq;
  records: { entity: string; id: string }[];
}

/** The projection: documents as records, for lists, search and clients without a CRDT. It follows the journal and may lag. */
export interface Projection {
  /**
   * Changes records, at most once for each document. Records that are as wanted already keep the number they have.
   * @returns the documents whose records were at `base` and whose journal has the row they speak of; those of all others
   * are left as they are (J23)
   */
  project(changes: RecordChanges[]): Promise<ReadonlySet<DocumentId>>;
  recorded(documents: DocumentId[]): Promise<ReadonlyMap<DocumentId, Recorded>>;
  /** Documents of known kinds whose journal is ahead of their records, by id: at most `limit`, those above `after`. */
  behind(limit: number, after?: DocumentId | null): Promise<{ id: DocumentId; ref: DocumentRef }[]>;
}

export interface CatalogEntry {
  kind: Kind;
  id: string;
  /** The revision of which `data` speaks. */
  seq: Seq;
  data: { title: string } & Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

/** The list of a workspace's documents, newest change first. */
export interface Catalog {
  list(query: {
    workspace: string;
    /** Of all documents these alone, by `<kind>:<id>`. */
    only?: string[] | undefined;
    kind?: Kind | undefined;
    status?: string | undefined;
    /** Words that title, text or steps begin words with, in any order and case. */
    text?: string | undefined;
    /** The `next` of the page before. */
    after?: string | undefined;
    limit: number;
  }): Promise<{ entries: CatalogEntry[]; next: string | null }>;
}

/** The database did not commit, or nobody knows whether it did. */
export class JournalUnavailable extends Error {
  override name = 'JournalUnavailable';
}

/** More is waiting to be committed than may, or than may of this actor. */
export class JournalFull extends Error {
  override name = 'JournalFull';
}

/** The head is not the expected one, or the command has already taken effect. */
export class HeadMoved extends Error {
  override name = 'HeadMoved';
}
