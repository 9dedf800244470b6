import type { DocumentId, Kind, Seq } from '@syncline/protocol';

export interface JournalRow {
  seq: Seq;
  nonce: number;
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
  readonly heads = new Map<DocumentId, { seq: Seq; nonce: number; previous: number }>();
  readonly journal = new Map<DocumentId, JournalRow[]>();
  readonly commands = new Map<string, CommandRow>();
  readonly projected = new Map<DocumentId, { seq: Seq; changedAt: number }>();
  readonly records = new Map<DocumentId, Map<string, RecordRow>>();
  readonly snapshots = new Map<DocumentId, { coversSeq: Seq; nonce: number; state: Uint8Array }>();
  readonly quarantine = new Map<string, { document: DocumentId; seq: Seq; reason: string }>();
  readonly leases = new Map<string, { owner: string; expiresAt: number }>();
  readonly lostHistory = new Map<string, { document: DocumentId; broughtBack: boolean }>();
  readonly installation = { epoch: 1, server: null as string | null };
  /** As whom the server shows itself, where it does. */
  server: string | null = 'server 1';
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

  /** All that is in them, as it is now; what is read of it later is not changed by what is written meanwhile. */
  copy(): Copy {
    return structuredClone(Object.fromEntries(TABLES.map((name) => [name, this[name]]))) as Copy;
  }

  /** Puts a copy in the place of what is in them. */
  restore(copy: Copy): void {
    const { installation, ...maps } = structuredClone(copy);
    Object.assign(this.installation, installation);
    for (const [name, rows] of Object.entries(maps)) {
      const table = this[name as keyof typeof maps] as Map<unknown, unknown>;
      table.clear();
      for (const [key, row] of rows as Map<unknown, unknown>) table.set(key, row);
    }
  }

  rowsOf(document: DocumentId): JournalRow[] {
    const rows = this.journal.get(document) ?? [];
    this.journal.set(document, rows);
    return rows;
  }
}

const TABLES = [
  'documents',
  'heads',
  'journal',
  'commands',
  'projected',
  'records',
  'snapshots',
  'quarantine',
  'leases',
  'lostHistory',
  'installation',
] as const;

/** A backup: what a database goes back to. */
export type Copy = Pick<Tables, (typeof TABLES)[number]>;

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
