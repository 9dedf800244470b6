import * as Y from 'yjs';

/** What an update says: structs in the order of their clients and clocks, and deletions. */
export type Update = ReturnType<typeof Y.decodeUpdate>;

/** The last clock that every implementation of Yjs holds; Yrs has 32 bits for them. */
const MAX_CLOCK = 2 ** 32 - 1;

/** How deep values may be nested; what is nested deeper can be read, and too deep to be written again by anyone. */
const MAX_DEPTH = 500;

/**
 * Reads an update of the first encoding, to its last byte. Yjs itself is lenient: it leaves bytes behind an update
 * unread, and of two sections of one client the first, and so it would take what it then does not have.
 * @throws when it is not what an encoder of Yjs writes
 */
export function readUpdate(bytes: Uint8Array): Update {
  const update = Y.decodeUpdateV2(bytes, StrictDecoder);
  const { pos, arr } = StrictDecoder.last!.restDecoder;
  if (pos !== arr.length) throw new RangeError('bytes behind the update');
  for (const struct of update.structs) requireStruct(struct);
  for (const [client, ranges] of update.ds.clients) {
    requireClient(client);
    for (const { clock, len } of ranges) {
      requireClock(clock + len);
      // Yjs could not put it aside until its client's structs are there.
      if (len === 0) throw new RangeError('a deletion of nothing');
    }
  }
  return update;
}

/**
 * Whether each client's deletions come in their order. Yrs writes others before it commits; Yjs takes them, and yet
 * garbles those that have to wait.
 */
export function isInOrder({ ds }: Update): boolean {
  return [...ds.clients.values()].every((ranges) =>
    ranges.every(({ clock }, at) => at === 0 || clock >= ranges[at - 1]!.clock + ranges[at - 1]!.len),
  );
}

type Struct = Update['structs'][number];

function requireStruct(struct: Struct): void {
  const { id, length } = struct;
  requireClock(id.clock + length);
  // It would share its clock with the next, and neither could be found again.
  if (length === 0 && !(struct instanceof Y.Skip)) throw new RangeError('a struct of no length');
  if (!(struct instanceof Y.Item)) return;
  // Of the values that are read as text; all others the decoder sees.
  if (struct.content instanceof Y.ContentJSON) requireShallow(struct.content.arr);
  for (const other of [struct.origin, struct.rightOrigin, struct.parent]) {
    if (!(other instanceof Y.ID)) continue;
    requireClient(other.client);
    requireClock(other.clock);
    if (other.client === id.client && other.clock >= id.clock) throw new RangeError('an item that follows a later one');
  }
}

function requireClient(client: number): void {
  if (client > Number.MAX_SAFE_INTEGER) throw new RangeError('a client beyond 2^53');
}

function requireClock(clock: number): void {
  if (clock > MAX_CLOCK) throw new RangeError('a clock beyond 2^32');
}

function requireShallow(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (depth > MAX_DEPTH) throw new RangeError(`values nested deeper than ${MAX_DEPTH}`);
  for (const inner of Object.values(value)) requireShallow(inner, depth + 1);
}

class StrictDecoder extends Y.UpdateDecoderV1 {
  /** The one that was made last: Yjs makes it itself, and hands out only what it has read with it. */
  static last: StrictDecoder | null = null;
  #client = Infinity;

  constructor(decoder: ConstructorParameters<typeof Y.UpdateDecoderV1>[0]) {
    super(decoder);
    StrictDecoder.last = this;
  }

  /** Called once for each section of structs; every encoder writes the higher client first, and merging relies on it. */
  override readClient(): number {
    const client = super.readClient();
    requireClient(client);
    if (client >= this.#client) throw new RangeError('sections out of order');
    return (this.#client = client);
  }

  override readAny(): unknown {
    const value: unknown = super.readAny();
    requireShallow(value);
    return value;
  }

  override readJSON(): unknown {
    const value: unknown = super.readJSON();
    requireShallow(value);
    return value;
  }
}
