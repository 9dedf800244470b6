import { hash } from 'node:crypto';
import {
  type JournalReader,
  type Position,
  type Projection,
  type RecordChange,
  recordJson,
  type RecordChanges,
  type Recorded,
} from '@syncline/journal';
import { recordsOf } from '@syncline/model';
import type { DocumentId, Kind, Seq } from '@syncline/protocol';
import type * as Y from 'yjs';
import { replay } from './edits/merge.ts';

/**
 * Where a document's records stand: of which revision they speak, and what each says, as a digest; empty where only its
 * name is known. Always: it is what the database held when it was read, or what was then written upon that.
 */
export interface Stand {
  seq: Seq;
  digests: ReadonlyMap<string, string>;
}

/** How often a document is rebuilt again because pods came first; each time they take a tenth of a second to the next. */
const REBUILD_TRIES = 50;

/** Where records stand whose names alone are known. */
export function standOf({ seq, records }: Recorded): Stand {
  return { seq, digests: new Map(records.map((record) => [nameOf(record), ''])) };
}

/** Records by one name each: their entity, and their id behind a NUL. */
function nameOf({ entity, id }: { entity: string; id: string }): string {
  return `${entity}\0${id}`;
}

/**
 * What leads a document's records from where they stand to what it says.
 * @param document at this position
 * @returns that, where they stand afterwards, and how many characters the document's records have
 */
export function changesOf(
  { id, kind, document, seq, nonce }: Position & { id: DocumentId; kind: Kind; document: Y.Doc },
  stand: Stand,
): { changes: RecordChanges; after: Stand; length: number } {
  const digests = new Map<string, string>();
  const records: RecordChange[] = [];
  let length = 0;
  for (const { data, ...record } of recordsOf({ kind, doc: document })) {
    const json = recordJson(data);
    const digest = hash('sha1', json, 'base64');
    length += json.length;
    digests.set(nameOf(record), digest);
    if (stand.digests.get(nameOf(record)) !== digest) records.push({ ...record, data: json });
  }
  for (const name of stand.digests.keys()) {
    if (digests.has(name)) continue;
    const [entity, id] = name.split('\0') as [string, string];
    records.push({ entity, id, data: null });
  }
  return { changes: { document: id, base: stand.seq, seq, nonce, records }, after: { seq, digests }, length };
}

/**
 * Makes a document's records anew out of its journal, while pods go on projecting it (S33). What is right already keeps
 * its number.
 * @throws when the document cannot be read, or pods never leave it alone for as long as one reading takes
 */
export async function rebuildRecords(
  deps: { reader: JournalReader; projection: Projection },
  { id, kind }: { id: DocumentId; kind: Kind },
): Promise<void> {
  for (let tries = 0; tries < REBUILD_TRIES; tries++) {
    // Before the journal, which is then never behind them.
    const recorded = (await deps.projection.recorded([id])).get(id)!;
    const read = await deps.reader.read(id);
    if (read.head === 0) return;
    const { nonce } = read.rows.at(-1) ?? read.snapshot!;
    const { document } = replay(read);
    const { changes } = changesOf({ id, kind, document, seq: read.head, nonce }, standOf(recorded));
    if ((await deps.projection.project([changes])).has(id)) return;
  }
  throw new Error('others were first each time that its records were made anew');
}
