import type { Snapshot } from './compact.ts';
import type { CommandResult, DocumentId, DocumentRef, Kind, Seq } from '@syncline/protocol';

/**
 * The journal: every document as a numbered, append-only list of updates, which it stores and never looks into.
 * SPEC.md beside this folder numbers what must hold.
 */

/** One committed row. `actor` is who wrote it, as `type:id`. */
export interface Row {
  seq: Seq;
  update: Uint8Array;
  actor: string;
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
  expect: Seq;
  birth?: DocumentRef | undefined;
  origin?: unknown;
}

/** A row that has just been committed by this process, with what it was appended with. */
export interface CommittedRow extends Row {
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
   * @throws HeadMoved when the command has taken effect elsewhere
   */
  appendCommandAlone(
    entry: Omit<AppendCommand, 'rehearse' | 'dropped' | 'bytes'> & { after: Seq; rehearse: (tail: Row[]) => Rehearsed },
  ): Promise<{ seq: Seq; result: CommandResult }>;
  /** Resolves when all that was appended so far is committed or failed. */
  flush(): Promise<void>;
}

/** Reading documents back. */
export interface JournalReader {
  /**
   * Rows above `after`, in order, and the head they lead up to (0 for a document that is not there). Where a snapshot
   * reaches beyond `after`, it comes first and the rows are those above it.
   */
  read(document: DocumentId, after: Seq): Promise<{ head: Seq; snapshot: Snapshot | null; rows: Row[] }>;
  /**
   * What lies above `after` in each of these documents, in order; documents with nothing new are left out. Rows that a
   * snapshot has replaced are missing, perhaps all of them: whoever does not find the row after its last one reads the
   * document.
   */
  tails(wanted: { document: DocumentId; after: Seq }[]): Promise<Map<DocumentId, Row[]>>;
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
export interface RecordChanges {
  document: DocumentId;
  base: Seq;
  seq: Seq;
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
   * @returns the documents whose records were at `base`; those of all others are left as they are (J23)
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
