import type { DocumentId, Kind, Seq } from '@syncline/protocol';

export interface JournalRow {
  seq: Seq;
  update: Uint8Array;
  actor: string;
  committedAt: number;
}

export interface CommandRow {
  document: DocumentId;
  id: string;
  hash: string;
  result: string;
  seq: Seq;
  committedAt: number;
}

export interface RecordRow {
  entity: string;
  id: string;
  seq: Seq;
  /** Null when it has gone. */
  data: string | null;
}

/** What the simulated database holds, table by table; as SQL's numbered files make them. */
export class Tables {
  readonly migrations = new Set<string>();
  readonly documents = new Map<
    DocumentId,
    { id: DocumentId; workspace: string; kind: Kind; name: string; createdAt: number }
  >();
  readonly heads = new Map<DocumentId, Seq>();
  readonly journal = new Map<DocumentId, JournalRow[]>();
  readonly commands = new Map<string, CommandRow>();
  readonly projected = new Map<DocumentId, { seq: Seq; changedAt: number }>();
  readonly records = new Map<DocumentId, Map<string, RecordRow>>();
  readonly snapshots = new Map<DocumentId, { coversSeq: Seq; state: Uint8Array }>();
  readonly quarantine = new Map<string, { document: DocumentId; seq: Seq; reason: string }>();
  readonly leases = new Map<string, { owner: string; expiresAt: number }>();
  readonly #now: () => number;
  /** Told of each row at the moment from which everybody can see it. */
  onRow: (document: DocumentId, row: JournalRow) => void = () => {};

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds, and never the same twice: Postgres counts microseconds. */
  now(): number {
    return (this.#last = Math.max(this.#now(), this.#last + 0.001));
  }

  #last = 0;

  rowsOf(document: DocumentId): JournalRow[] {
    const rows = this.journal.get(document) ?? [];
    this.journal.set(document, rows);
    return rows;
  }
}

/** An error as the server sends it. */
export class SqlError extends Error {
  readonly code: string;
  readonly constraint: string | undefined;

  constructor(code: string, message: string, constraint?: string) {
    super(message);
    this.code = code;
    this.constraint = constraint;
  }
}

/** What a statement answers, and what becomes of the tables once it is committed. */
export interface Planned {
  rows: object[];
  apply?: () => void;
}

/** One statement that the journal sends, as the simulated database carries it out. */
export interface Statement {
  /** Words by which it is known; nothing else may have all of them. */
  words: string[];
  /** Documents whose heads it locks. */
  locks?: (params: never[]) => DocumentId[];
  plan: (tables: Tables, params: never[]) => Planned;
}
