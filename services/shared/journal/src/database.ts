/** What runs one statement: a database, or a transaction in it. */
export interface Queryable {
  /**
   * Runs one statement with its parameters (`$1`, …). bigint comes back as number, bytea as Uint8Array, jsonb parsed.
   * @throws DatabaseError
   */
  query<T>(sql: string, params?: unknown[]): Promise<T[]>;
}

/** A database that speaks Postgres's SQL: Postgres itself, or PGlite inside the process. */
export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
   * @throws DatabaseError, or what `work` threw
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Runs several statements without parameters in one transaction. */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** `sqlState` is the five-character code of the SQL standard, or null when the server could not be asked. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  readonly sqlState: string | null;
  /** Where a constraint was hurt, its name. */
  readonly constraint: string | null;

  constructor(cause: unknown) {
    const { message, code, constraint } = cause as { message?: string; code?: unknown; constraint?: unknown };
    super(message ?? String(cause), { cause });
    this.sqlState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
    this.constraint = typeof constraint === 'string' ? constraint : null;
  }

  /** It took too long, or met another in a circle: locks were in the way, not the database. */
  get busy(): boolean {
    return this.sqlState !== null && ['57014', '55P03', '40P01', '40001'].includes(this.sqlState);
  }

  /** It could not be asked: not reached, starting, ending (57P, 08), or with no connection to spare. */
  get away(): boolean {
    return this.sqlState === null || /^(57P|08)/.test(this.sqlState) || this.sqlState === '53300';
  }

  /** It does not know this login or this database. */
  get wrongLogin(): boolean {
    return this.sqlState !== null && /^(28|3D)/.test(this.sqlState);
  }

  /** The statement itself was refused (class 22 data, 23 integrity): sending it again as it is would fail again. */
  get refused(): boolean {
    return this.sqlState !== null && /^2[23]/.test(this.sqlState);
  }
}
