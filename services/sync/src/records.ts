import { hash } from 'node:crypto';
import { type RecordChange, recordJson, type RecordChanges } from '@syncline/journal';
import { KIND_MODELS } from '@syncline/model';
import type { DocumentId, Kind, Seq } from '@syncline/protocol';
import type * as Y from 'yjs';

/**
 * Where a document's records stand: of which revision they speak, and what each says, as a digest; empty where only its
 * name is known. Always: it is what the database held when it was read, or what was then written upon that.
 */
export interface Stand {
  seq: Seq;
  digests: ReadonlyMap<string, string>;
}

/** Records by one name each: their entity, and their id behind a NUL. */
export function nameOf({ entity, id }: { entity: string; id: string }): string {
  return `${entity}\0${id}`;
}

/**
 * What leads a document's records from where they stand to what it says.
 * @param document at revision `seq`
 * @returns that, where they stand afterwards, and how many characters the document's records have
 */
export function changesOf(
  { id, kind, document, seq }: { id: DocumentId; kind: Kind; document: Y.Doc; seq: Seq },
  stand: Stand,
): { changes: RecordChanges; after: Stand; length: number } {
  const digests = new Map<string, string>();
  const records: RecordChange[] = [];
  let length = 0;
  for (const { data, ...record } of KIND_MODELS[kind].records(document)) {
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
  return { changes: { document: id, base: stand.seq, seq, records }, after: { seq, digests }, length };
}
