import type { JournalReader } from '@syncline/journal';
import { KIND_MODELS } from '@syncline/model';
import { documentId } from '@syncline/protocol/document-id';
import * as Y from 'yjs';

/** What is committed of a plan: its snapshot and rows in Postgres, and nothing else. */
export async function committed(reader: JournalReader, id: string): Promise<Y.Doc> {
  const { head, snapshot, rows } = await reader.read(documentId({ workspace: 'default', kind: 'plan', id }));
  const doc = new Y.Doc();
  if (head === 0) Y.applyUpdate(doc, KIND_MODELS.plan.seed);
  if (snapshot) Y.applyUpdate(doc, snapshot.state);
  for (const row of rows) Y.applyUpdate(doc, row.update);
  return doc;
}

/** All that a plan says. */
export function textOf(doc: Y.Doc): string {
  return JSON.stringify(KIND_MODELS.plan.read(doc));
}

/** In what a replica differs from what is committed, deletions included; null when it does not. */
export function difference(wanted: Y.Doc, replica: Y.Doc): string | null {
  if (replica.store.pendingStructs || replica.store.pendingDs) return 'waits for what never comes';
  if (!Y.equalSnapshots(Y.snapshot(wanted), Y.snapshot(replica))) return 'lacks or has other items or deletions';
  return textOf(wanted) === textOf(replica) ? null : 'says something else';
}
