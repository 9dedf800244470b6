import { type JournalReader, type Load, type Loader, type Position, START } from '@syncline/journal';
import { type DocumentId, type DocumentRef, documentName, idOfName, type Kind, Refusal } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import * as Y from 'yjs';
import { missingFrom } from '../edits/contains.ts';
import { replay } from '../edits/merge.ts';
import { firstUpdate } from '../edits/record.ts';
import type { SourceRow } from './source.ts';

/** Who writes what is imported. */
const ACTOR = 'system:import';

/**
 * What became of a row. `updated`: nobody has edited the document here, and what the table has more of it was appended.
 * `ahead`: all that the row says is here, and more. `diverged`: each has what the other lacks; the document is left.
 */
export const OUTCOMES = ['imported', 'updated', 'same', 'ahead', 'diverged', 'unreadable'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Imported {
  /** As the table calls it. */
  name: string;
  /** `<kind>:<id>` */
  document: string;
  outcome: Outcome;
  reason?: string;
}

export interface ImporterDeps {
  loader: Loader;
  reader: Pick<JournalReader, 'read'>;
  into: { workspace: string; kind: Kind };
  maxDocumentBytes: number;
  dryRun: boolean;
}

type Found = Imported & { load?: Load };

/**
 * Brings a batch of rows in. Always: a row is appended only on the head that was looked at, and what was brought in
 * once is found to be there the next time; so it may be ended at any moment, and run again beside pods and people.
 */
export async function importBatch(deps: ImporterDeps, rows: SourceRow[]): Promise<Imported[]> {
  const named = rows.map((row) => {
    const ref: DocumentRef = { ...deps.into, id: idOfName(row.name) };
    return { row, ref, id: documentId(ref) };
  });
  const heads = await deps.loader.heads(named.map(({ id }) => id));
  const found: Found[] = [];
  const taken = new Set<DocumentId>();
  for (const { row, ref, id } of named) {
    const about = { name: row.name, document: documentName(ref) };
    if (taken.has(id)) found.push({ ...about, outcome: 'diverged', reason: 'another name here has the same id' });
    else found.push({ ...about, ...(await outcomeOf(deps, { row, ref, id, head: heads.get(id) ?? START })) });
    taken.add(id);
  }
  const loads = found.flatMap(({ load }) => (load ? [load] : []));
  const appended = loads.length && !deps.dryRun ? await deps.loader.append(loads) : null;
  return found.map(({ load, ...imported }) =>
    !load || deps.dryRun || appended!.has(load.document)
      ? imported
      : { ...imported, outcome: 'diverged', reason: 'it was edited at this moment; run the import again' },
  );
}

type Looked = { row: SourceRow; ref: DocumentRef; id: DocumentId; head: Position };

async function outcomeOf(
  deps: ImporterDeps,
  { row, ref, id, head }: Looked,
): Promise<Omit<Found, 'name' | 'document'>> {
  const state = stateOf(row, ref.kind, deps.maxDocumentBytes);
  if ('fault' in state) return { outcome: 'unreadable', reason: state.fault };
  const load = { document: id, actor: ACTOR, expect: head };
  if (head.seq === 0) return { outcome: 'imported', load: { ...load, update: state.update, birth: ref } };
  const read = await deps.reader.read(id);
  const [only] = read.rows;
  if (read.head === 1 && only && Buffer.compare(only.update, state.update) === 0) return { outcome: 'same' };
  const here = readable(read);
  if (!here) return { outcome: 'diverged', reason: 'what is here of it cannot be read; quarantine.ts exports it' };
  const lacking = missingFrom(here, Y.encodeStateAsUpdate(state.document));
  const more = missingFrom(state.document, Y.encodeStateAsUpdate(here)) !== null;
  if (!lacking) return { outcome: more ? 'ahead' : 'same' };
  if (more)
    return { outcome: 'diverged', reason: 'edited here and there since: what the table has more is left there' };
  return { outcome: 'updated', load: { ...load, update: lacking } };
}

/** @returns null when its snapshot cannot be decoded */
function readable(read: Parameters<typeof replay>[0]): Y.Doc | null {
  try {
    return replay(read).document;
  } catch {
    return null; // The pods that open it say so, with the error.
  }
}

/** A row's state as the document's first update, and as a document; or why it is none. */
function stateOf(
  row: SourceRow,
  kind: Kind,
  maxDocumentBytes: number,
): { update: Uint8Array; document: Y.Doc } | { fault: string } {
  if ('fault' in row) return row;
  try {
    const update = firstUpdate(kind, row.state);
    if (update.length > maxDocumentBytes)
      return {
        fault: `it has ${update.length} bytes, and a document may have ${maxDocumentBytes} (MAX_DOCUMENT_BYTES)`,
      };
    const document = new Y.Doc();
    // Some updates decode and yet throw.
    Y.applyUpdate(document, update);
    return { update, document };
  } catch (error) {
    return { fault: error instanceof Refusal ? error.message : `it cannot be applied: ${(error as Error).message}` };
  }
}
