import type { DocumentId, Kind, Seq } from '@syncline/protocol';
import { type Planned, SqlError, type Statement, type Tables } from './tables.ts';

type AppendParams = [
  ids: DocumentId[],
  workspaces: string[],
  kinds: Kind[],
  names: string[],
  documents: DocumentId[],
  counts: number[],
  expects: (Seq | null)[],
  expectedNonces: (number | null)[],
  rowDocuments: DocumentId[],
  backs: number[],
  updates: Uint8Array[],
  actors: string[],
  commandDocuments: DocumentId[],
  commandIds: string[],
  hashes: string[],
  results: string[],
  commandBacks: number[],
  nonce: number,
];

/** The batch, the rows of a document behind its lock, and the lock itself. */
export const APPEND_STATEMENTS: Statement[] = [
  {
    words: [
      'INSERT INTO journal',
      'INSERT INTO heads',
      'INSERT INTO commands',
      'w.expect IS NULL OR (w.expect, w.nonce)',
    ],
    locks: (params) => (params as unknown as AppendParams)[4],
    plan: (tables, params) => append(tables, params as unknown as AppendParams),
  },
  {
    words: ['SELECT seq, nonce FROM heads WHERE document = $1 FOR UPDATE'],
    locks: ([document]) => [document!],
    plan(tables, [document]) {
      const head = tables.heads.get(document!);
      return { rows: head ? [{ seq: head.seq, nonce: head.nonce }] : [] };
    },
  },
  {
    words: ['CASE WHEN seq > $2 THEN update END AS update, actor, nonce FROM journal', 'seq >= $2 ORDER BY seq'],
    plan: (tables, [document, after]) => ({
      rows: tables
        .rowsOf(document!)
        .filter(({ seq }) => seq >= after!)
        .map(({ seq, update, actor, nonce }) => ({ seq, update: seq > after! ? update.slice() : null, actor, nonce })),
    }),
  },
];

function append(tables: Tables, params: AppendParams): Planned {
  const [ids, workspaces, kinds, names, documents, counts, expects, expectedNonces, rowDocuments, backs, updates] =
    params;
  const [, , , , , , , , , , , actors, commandDocuments, commandIds, hashes, results, commandBacks, nonce] = params;
  for (const text of [...workspaces, ...names, ...actors, ...commandIds])
    if (text.includes('\0')) throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8": 0x00');
  for (const json of results)
    if (json.includes('\\u0000')) throw new SqlError('22P05', 'unsupported Unicode escape sequence');

  const heads = new Map<DocumentId, { seq: Seq; nonce: number; previous: number }>();
  documents.forEach((document, index) => {
    const head = tables.heads.get(document);
    const expected = expects[index] === null || (expects[index] === head?.seq && expectedNonces[index] === head?.nonce);
    // A document without a head is inserted, whatever was expected.
    if (!head || expected)
      heads.set(document, { seq: (head?.seq ?? 0) + counts[index]!, nonce, previous: head?.nonce ?? 0 });
  });
  const commands = commandDocuments.flatMap((document, index) => {
    const head = heads.get(document);
    if (head === undefined) return [];
    const id = commandIds[index]!;
    if (tables.commands.has(`${document} ${id}`))
      throw new SqlError('23505', 'duplicate key value violates unique constraint "commands_pkey"', 'commands_pkey');
    return [{ document, id, hash: hashes[index]!, result: results[index]!, seq: head.seq - commandBacks[index]! }];
  });
  for (const document of heads.keys())
    if (!tables.documents.has(document) && !ids.includes(document))
      throw new SqlError('23503', 'insert on table "heads" violates foreign key constraint', 'heads_document_fkey');

  return {
    rows: [...heads].map(([document, { seq, previous }]) => ({ document, seq, previous })),
    apply() {
      ids.forEach((id, index) => {
        if (!tables.documents.has(id))
          tables.documents.set(id, {
            id,
            workspace: workspaces[index]!,
            kind: kinds[index]!,
            name: names[index]!,
            createdAt: tables.now(),
          });
      });
      for (const [document, head] of heads) tables.heads.set(document, head);
      for (const command of commands)
        tables.commands.set(`${command.document} ${command.id}`, { ...command, committedAt: tables.now() });
      rowDocuments.forEach((document, index) => {
        const head = heads.get(document);
        if (head === undefined) return;
        const row = {
          seq: head.seq - backs[index]!,
          nonce,
          update: updates[index]!,
          actor: actors[index]!,
          committedAt: tables.now(),
        };
        tables.rowsOf(document).push(row);
        tables.onRow(document, row);
      });
    },
  };
}
