import type { JournalReader } from '@syncline/journal';
import { KIND_MODELS } from '@syncline/model';
import type { Kind } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import * as Y from 'yjs';
import type { Ground } from './grounds/ground.ts';

/** A document as its name has it. */
export interface Named {
  kind: Kind;
  id: string;
}

/** What is committed of a document: its snapshot and rows in Postgres, and nothing else. */
export async function committed(reader: JournalReader, { kind, id }: Named): Promise<Y.Doc> {
  const { head, snapshot, rows } = await reader.read(documentId({ workspace: 'default', kind, id }));
  const doc = new Y.Doc();
  if (head === 0) Y.applyUpdate(doc, KIND_MODELS[kind].seed);
  if (snapshot) Y.applyUpdate(doc, snapshot.state);
  for (const row of rows) Y.applyUpdate(doc, row.update);
  return doc;
}

/** All that a document says; of two that say the same, the same. */
export function textOf(ground: Ground, doc: Y.Doc): string {
  return JSON.stringify(ground.says(doc), (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** In what a replica differs from what is committed, deletions included; null when it does not. */
export function difference(ground: Ground, wanted: Y.Doc, replica: Y.Doc): string | null {
  if (replica.store.pendingStructs || replica.store.pendingDs) return 'waits for what never comes';
  if (!Y.equalSnapshots(Y.snapshot(wanted), Y.snapshot(replica))) return 'lacks or has other items or deletions';
  return textOf(ground, wanted) === textOf(ground, replica) ? null : 'says something else';
}
