import { createPostgres, GroupCommit } from '@syncline/journal';
import { DEFAULT_WORKSPACE, parseDocumentName } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import { createLog, Metrics, systemClock } from '@syncline/runtime';
import { Client } from 'pg';
import * as Y from 'yjs';
import { prose } from './prose.ts';
import { pause } from './wait.ts';
import { newName, type Task, type Workload } from './workload.ts';
import { WireClient } from './wire-client.ts';

const ROWS = 100_000;
const WARM_UP_ROWS = 2_000;
/** Characters of an edit. */
const WORD = 10;
/** Words that are written one behind the other before the author goes elsewhere in the text. */
const WORDS_AT_A_PLACE = 20;
const COMPACTED_DEADLINE_MS = 60_000;

/**
 * A document with a hundred thousand edits behind it, opened cold: as rows, and once they are compacted. For a stock pod,
 * which keeps a document as one state, both are the same.
 */
export const longJournal: Workload = async (task) => {
  const opened = async (rows: number) => {
    const [name, written] = [newName(), write(rows)];
    const isJournal = task.target === 'syncline';
    await (isJournal ? keepAsRows(task, name, written.updates) : keepAsState(task, name, written.doc));
    const before = await open(task.urls[0], name, written.doc);
    if (isJournal) await compacted(task, name, rows);
    // The other pod has never held it.
    return { before, after: await open(task.urls[1], name, written.doc), isJournal };
  };
  await opened(WARM_UP_ROWS);
  const { before, after, isJournal } = await opened(task.quick ? ROWS / 20 : ROWS);
  const numbers = { loadBeforeMs: before, loadAfterMs: after, ...(isJournal && { speedUp: before / after }) };
  return { numbers, problems: [] };
};

/** What an author has written, edit by edit. */
function write(rows: number): { doc: Y.Doc; updates: Uint8Array[] } {
  const doc = new Y.Doc();
  const text = doc.getText('load');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const words = prose(rows * WORD);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    // A fixed stride that shares no divisor with the length goes everywhere.
    if (row % WORDS_AT_A_PLACE === 0) at = text.length === 0 ? 0 : (row * 7_919) % text.length;
    text.insert(at, words.slice(row * WORD, (row + 1) * WORD));
    at += WORD;
  }
  return { doc, updates };
}

async function keepAsRows({ databaseUrl }: Task, name: string, updates: Uint8Array[]): Promise<void> {
  const log = createLog({ service: 'bench', level: 'error' });
  const db = createPostgres({ url: databaseUrl!, onError: (error) => log.error({ err: error }, 'Postgres is away') });
  const journal = new GroupCommit({
    db,
    clock: systemClock,
    random: Math.random,
    log,
    metrics: new Metrics(),
    committed: () => {},
  });
  const ref = { workspace: DEFAULT_WORKSPACE, ...parseDocumentName(name)! };
  const document = documentId(ref);
  try {
    for (let row = 0; row < updates.length; row += 1_000) {
      const batch = updates.slice(row, row + 1_000);
      await Promise.all(
        batch.map((update, n) =>
          journal.append({ document, actor: 'bench', update, ...(row + n === 0 && { birth: ref }) }),
        ),
      );
    }
  } finally {
    await db.close();
  }
}

async function keepAsState({ databaseUrl }: Task, name: string, doc: Y.Doc): Promise<void> {
  await query(databaseUrl!, 'INSERT INTO stock_documents (name, state) VALUES ($1, $2)', [
    name,
    Buffer.from(Y.encodeStateAsUpdate(doc)),
  ]);
}

/** Milliseconds from connecting to holding the document. */
async function open(url: string, name: string, expected: Y.Doc): Promise<number> {
  const client = new WireClient({ url, name, flushDelayMs: 0 });
  const ms = await client.synced;
  client.close();
  if (client.text.toString() !== expected.getText('load').toString()) throw new Error('another document was opened');
  return ms;
}

async function compacted({ databaseUrl }: Task, name: string, rows: number): Promise<void> {
  const document = documentId({ workspace: DEFAULT_WORKSPACE, ...parseDocumentName(name)! });
  const deadline = performance.now() + COMPACTED_DEADLINE_MS;
  while (performance.now() < deadline) {
    const found = await query(databaseUrl!, 'SELECT covers_seq FROM snapshots WHERE document = $1', [document]);
    if (Number(found[0]?.['covers_seq'] ?? 0) >= rows) return;
    await pause(100);
  }
  throw new Error('the document was not compacted');
}

async function query(url: string, text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}
