import { randomUUID } from 'node:crypto';
import type { DocumentId, DocumentRef } from '@syncline/protocol';
import { createLog, Metrics, systemClock } from '@syncline/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompaction } from './compact.ts';
import type { Database } from './database.ts';
import { GroupCommit } from './group-commit.ts';
import { createHistoryStore } from './history.ts';
import { type CommittedRow, HeadMoved, type Position, START } from './journal.ts';
import { migrate } from './migrate.ts';
import { createProjection } from './projection.ts';
import { createReader } from './read.ts';
import { goBack, type TestDatabase } from './testing.ts';

/** What SPEC.md promises of a journal that went back, for any database behind it. */
export function historyContract(name: string, open: () => Promise<TestDatabase>): void {
  describe(`history on ${name}`, () => {
    let test: TestDatabase;
    let db: Database;
    let rows: CommittedRow[];
    beforeAll(async () => {
      test = await open();
      db = test.db;
      await migrate(db);
    });
    afterAll(() => test.drop());

    const writer = () =>
      new GroupCommit({
        db,
        clock: systemClock,
        random: Math.random,
        log: createLog({ service: 'test', level: 'silent' }),
        metrics: new Metrics(),
        committed: (row) => rows.push(row),
      });
    /** A document with so many rows, each of a commit of its own. */
    async function written(count: number): Promise<{ document: DocumentId; journal: GroupCommit; at: Position[] }> {
      const document = randomUUID() as DocumentId;
      const journal = writer();
      rows = [];
      await append(journal, document, count);
      return { document, journal, at: [START, ...rows] };
    }
    async function append(journal: GroupCommit, document: DocumentId, count: number) {
      for (let n = 0; n < count; n++)
        await journal.append({ document, actor: 'a', update: Buffer.from('x'), birth: refOf(document) });
    }

    it('[J28] every row says which it follows, one by one and in batches', async () => {
      const document = randomUUID() as DocumentId;
      rows = [];
      const [one, other] = [writer(), writer()];
      await Promise.all(Array.from({ length: 30 }, (_, n) => append(n % 3 ? one : other, document, 2)));
      const chain = rows.toSorted((a, b) => a.seq - b.seq);
      expect(chain.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
      expect(chain.map(({ previous }) => previous)).toEqual([0, ...chain.slice(0, -1).map(({ nonce }) => nonce)]);
      expect((await createReader(db).read(document)).rows.map(({ nonce }) => nonce)).toEqual(
        chain.map(({ nonce }) => nonce),
      );
    });

    it('[J29] a number that comes a second time has another nonce', async () => {
      const { document, journal, at } = await written(5);
      await goBack(db, document, 2);
      await append(journal, document, 4);
      const again = rows.slice(5);
      expect(again.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
      expect(again[0]!.previous).toBe(at[2]!.nonce);
      for (const row of again.slice(0, 3)) expect(row.nonce).not.toBe(at[row.seq]!.nonce);
    });

    it.each([
      { lacking: 'the last rows', head: 2, grown: 0 },
      { lacking: 'the last rows, and as long again', head: 2, grown: 3 },
      { lacking: 'the last rows, and longer by now', head: 2, grown: 9 },
      { lacking: 'the whole document', head: 0, grown: 0 },
      { lacking: 'the whole document, and as long again', head: 0, grown: 5 },
    ])('[J30] who knows a position is told when the journal lacks $lacking', async ({ head, grown }) => {
      const { document, journal, at } = await written(5);
      const reader = createReader(db);
      await goBack(db, document, head);
      await append(journal, document, grown);
      for (const [seq, after] of at.entries()) {
        const history = seq <= head ? 'same' : 'other';
        expect([seq, (await reader.read(document, after)).history]).toEqual([seq, history]);
        const tail = (await reader.tails([{ document, after }])).get(document);
        expect([seq, tail?.history ?? 'same']).toEqual([seq, history]);
        const lost = await reader.lost([{ document, known: after }]);
        expect([seq, lost]).toEqual([seq, history === 'same' ? [] : [{ document, known: after, head: head + grown }]]);
      }
    });

    it('[J30] across a compaction, what the snapshot covers to the number is known, and what is below it is not', async () => {
      const { document, journal, at } = await written(5);
      const reader = createReader(db);
      const made = { coversSeq: 4, nonce: at[4]!.nonce, state: Buffer.from('state'), unappliable: [] };
      await createCompaction(db).replaceSnapshot(document, made, 0);
      await append(journal, document, 1);
      const histories = await Promise.all(at.map(async (after) => (await reader.read(document, after)).history));
      expect(histories).toEqual(['same', 'unknown', 'unknown', 'unknown', 'same', 'same']);
      expect((await reader.read(document, { seq: 4, nonce: 1 })).history).toBe('other');
    });

    it('[J12, J29] a command whose head has come again with other rows fails without a trace', async () => {
      const { document, journal, at } = await written(3);
      const command = (expectedHead: Position) =>
        journal.appendCommand({
          document,
          actor: 'agent:b',
          command: { id: randomUUID(), hash: 'h' },
          bytes: 1,
          rehearse: () => ({ update: Buffer.from('c'), result: { changed: [] }, expect: expectedHead }),
          dropped: () => {},
        });
      const alone = journal.appendCommandAlone.bind(journal);
      await goBack(db, document, 1);
      await append(journal, document, 2);
      await expect(command(at[3]!)).rejects.toBeInstanceOf(HeadMoved);
      const entry = { document, actor: 'agent:b', command: { id: randomUUID(), hash: 'h' } };
      const rehearse = () => ({ update: Buffer.from('c'), result: { changed: [] }, expect: at[3]! });
      await expect(alone({ ...entry, after: at[3]!, rehearse })).rejects.toBeInstanceOf(HeadMoved);
      expect((await createReader(db).read(document)).head).toBe(3);
      expect((await command(rows.at(-1)!)).seq).toBe(4);
    });

    it('[J29] neither a snapshot nor records are made of rows that are gone', async () => {
      const { document, journal, at } = await written(4);
      await goBack(db, document, 1);
      await append(journal, document, 3);
      const made = { coversSeq: 4, nonce: at[4]!.nonce, state: Buffer.from('gone'), unappliable: [] };
      await createCompaction(db).replaceSnapshot(document, made, 0);
      expect(await createReader(db).read(document)).toMatchObject({ head: 4, snapshot: null });
      const records = [{ entity: 'document', id: '', data: '{"title":"t"}' }];
      const project = (position: Position) =>
        createProjection(db).project([{ document, base: 0, seq: position.seq, nonce: position.nonce, records }]);
      expect(await project(at[4]!)).toEqual(new Set());
      expect(await project({ seq: 5, nonce: 1 })).toEqual(new Set());
      expect(await project(rows.at(-1)!)).toEqual(new Set([document]));
    });

    it('[J4] a command that holds the head for itself is handed on before rows that come after it', async () => {
      const { document, journal } = await written(1);
      const alone = journal.appendCommandAlone({
        document,
        actor: 'agent:b',
        command: { id: randomUUID(), hash: 'h' },
        after: START,
        rehearse: (tail) => ({ update: Buffer.from('c'), result: { changed: [] }, expect: tail.at(-1)! }),
      });
      await Promise.all([alone, append(journal, document, 20)]);
      expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, n) => n + 1));
    });

    it('[J31] the epoch stays, and is another once the database shows itself as another', async () => {
      const store = createHistoryStore(db);
      const epoch = await store.epoch();
      expect([await store.epoch(), await createHistoryStore(db).epoch()]).toEqual([epoch, epoch]);
      await db.query("UPDATE installation SET server = 'as it was before a promotion'");
      const next = await store.epoch();
      expect(next).not.toBe(epoch);
      expect(await store.epoch()).toBe(next);
    });

    it('[J31] the epoch can be read where the database does not tell which it is', async () => {
      let refused = 0;
      const silent: Database = {
        ...db,
        query(sql, params) {
          if (!sql.includes('pg_control_system')) return db.query(sql, params);
          refused += 1;
          return db.query('SELECT no_such_function()');
        },
      };
      const store = createHistoryStore(silent);
      const epoch = await createHistoryStore(db).epoch();
      expect([await store.epoch(), await store.epoch(), refused]).toEqual([epoch, epoch, 1]);
    });

    it('[J32] what was found missing is listed, and whether it was brought back', async () => {
      const store = createHistoryStore(db);
      const [lost, back] = [randomUUID() as DocumentId, randomUUID() as DocumentId];
      const note = (id: DocumentId, seq: number, broughtBack: boolean) =>
        store.note({ id, ref: refOf(id), known: { seq, nonce: seq }, found: 2, broughtBack });
      await note(lost, 5, false);
      await note(lost, 5, false);
      await note(back, 5, false);
      await note(back, 6, true);
      const listed = (await store.noted()).map(({ name, knownSeq, broughtBack }) => [name, knownSeq, broughtBack]);
      expect(listed.toSorted()).toEqual(
        [
          [lost, 5, false],
          [back, 5, true],
          [back, 6, true],
        ].toSorted(),
      );
    });
  });
}

function refOf(document: DocumentId): DocumentRef {
  return { workspace: 'default', kind: 'plan', id: document };
}
