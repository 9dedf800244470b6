/** One row of the table that is brought over: what the document is called there, and its state or why there is none. */
export type SourceRow = { name: string } & ({ state: Uint8Array } | { fault: string });

/** What a table says of a name without its bytes being read. `size` is null where there are none. */
export interface Listed {
  name: string;
  rows: number;
  size: number | null;
}

/** A table of names and bytes. */
export interface Table {
  /** Where it is, without a password. */
  where: string;
  /** How many names there are, and how many rows without one. */
  count(): Promise<{ names: number; unnamed: number }>;
  /** The next `limit` names in the table's own order. */
  list(after: string | null, limit: number): Promise<Listed[]>;
  read(names: string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  close(): Promise<void>;
}

export interface BatchLimits {
  rows: number;
  bytes: number;
  /** The largest state that is read at all. */
  stateBytes: number;
}

/** All rows of a table in batches, of which one at a time is in memory. */
export async function* batches(table: Table, limits: BatchLimits): AsyncGenerator<SourceRow[]> {
  for (let after: string | null = null; ;) {
    const page: Listed[] = await table.list(after, limits.rows);
    for (const listed of cut(page, limits)) yield await readAll(table, listed, limits);
    if (page.length < limits.rows) return;
    after = page.at(-1)!.name;
  }
}

function* cut(page: Listed[], limits: BatchLimits): Generator<Listed[]> {
  let batch: Listed[] = [];
  let bytes = 0;
  for (const listed of page) {
    const size = faultOf(listed, limits) === null ? listed.size! : 0;
    if (batch.length && bytes + size > limits.bytes) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(listed);
    bytes += size;
  }
  if (batch.length) yield batch;
}

async function readAll(table: Table, listed: Listed[], limits: BatchLimits): Promise<SourceRow[]> {
  const wanted = listed.filter((each) => faultOf(each, limits) === null).map(({ name }) => name);
  const found = wanted.length ? await table.read(wanted) : new Map<string, Uint8Array>();
  return listed.map((each) => {
    const { name } = each;
    const state = found.get(name);
    if (state) return { name, state };
    return { name, fault: faultOf(each, limits) ?? 'it was gone from the table when it was to be read' };
  });
}

function faultOf({ rows, size }: Listed, { stateBytes }: BatchLimits): string | null {
  if (rows > 1) return `${rows} rows have this name, and which of them counts cannot be told`;
  if (size === null || size === 0) return 'it has no bytes';
  if (size > stateBytes) return `it has ${size} bytes, and a document may have ${stateBytes} (MAX_DOCUMENT_BYTES)`;
  return null;
}
