import type { DocumentId } from '@syncline/protocol';
import { APPEND_STATEMENTS } from './append-statements.ts';
import { PROJECTION_STATEMENTS } from './projection-statements.ts';
import { READ_STATEMENTS } from './read-statements.ts';
import { type Copy, type Planned, type Statement, Tables } from './tables.ts';
import { UPKEEP_STATEMENTS } from './upkeep-statements.ts';

const STATEMENTS = [...APPEND_STATEMENTS, ...READ_STATEMENTS, ...PROJECTION_STATEMENTS, ...UPKEEP_STATEMENTS];

/** An open transaction: the heads it has locked, and what it will have done once it is committed. */
export interface Transaction {
  locks: Set<DocumentId>;
  applies: (() => void)[];
  open: boolean;
}

interface Waiting {
  documents: DocumentId[];
  tx: Transaction | null;
  go: () => void;
}

/**
 * A database server in memory. It carries out the statements that the journal sends, and no others.
 *
 * Always: a statement takes effect as a whole, at one moment, or not at all; a transaction's effects are seen by others
 * from its commit on. It waits for heads that another transaction has locked. It knows no network: see `connection.ts`.
 */
export class DatabaseServer {
  readonly tables: Tables;
  readonly #locked = new Map<DocumentId, Transaction>();
  #waiting: Waiting[] = [];
  readonly #known = new Map<string, Statement>();

  constructor(now: () => number) {
    this.tables = new Tables(now);
  }

  /** Calls `done` with the statement's rows, or `failed` with a {@link SqlError}: at once, or when locks are free. */
  run(
    sql: string,
    params: unknown[],
    tx: Transaction | null,
    done: (rows: object[]) => void,
    failed: (error: unknown) => void,
  ): void {
    const statement = this.#statement(sql);
    const documents = statement.locks?.(params as never[]) ?? [];
    this.#whenFree(documents, tx, () => {
      try {
        if (tx && !tx.open) throw new Error('the transaction has ended');
        const planned = statement.plan(this.tables, params as never[]);
        if (tx) this.#keep(tx, documents, planned);
        else planned.apply?.();
        done(planned.rows);
      } catch (error) {
        failed(error);
      }
    });
  }

  /** The server is replaced by one that has this copy; what was under way at the old one is lost. */
  replace(copy: Copy, name: string | null): void {
    for (const tx of new Set(this.#locked.values())) tx.open = false;
    this.#locked.clear();
    this.#waiting = [];
    this.tables.restore(copy);
    if (name !== null) this.tables.server = name;
  }

  begin(): Transaction {
    return { locks: new Set(), applies: [], open: true };
  }

  commit(tx: Transaction): void {
    if (!tx.open) throw new Error('the transaction has ended');
    for (const apply of tx.applies) apply();
    this.rollback(tx);
  }

  /** Ends a transaction; without a commit before, it leaves no trace. */
  rollback(tx: Transaction): void {
    tx.open = false;
    for (const document of tx.locks) this.#locked.delete(document);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { documents, tx, go } of waiting) this.#whenFree(documents, tx, go);
  }

  #keep(tx: Transaction, documents: DocumentId[], { apply }: Planned): void {
    for (const document of documents) {
      tx.locks.add(document);
      this.#locked.set(document, tx);
    }
    if (apply) tx.applies.push(apply);
  }

  #whenFree(documents: DocumentId[], tx: Transaction | null, go: () => void): void {
    const free = documents.every((document) => (this.#locked.get(document) ?? tx) === tx);
    if (free) go();
    else this.#waiting.push({ documents, tx, go });
  }

  #statement(sql: string): Statement {
    const known = this.#known.get(sql);
    if (known) return known;
    const plain = sql.replaceAll(/\s+/g, ' ');
    const found = STATEMENTS.filter(({ words }) => words.every((word) => plain.includes(word)));
    if (found.length !== 1)
      throw new Error(
        `The simulated database does not know this statement; teach it in services/sync/sim/database: ${plain}`,
      );
    this.#known.set(sql, found[0]!);
    return found[0]!;
  }
}
