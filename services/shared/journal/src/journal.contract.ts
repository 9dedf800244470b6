import { randomUUID } from 'node:crypto';
import type { DocumentId, DocumentRef } from '@syncline/protocol';
import { type Clock, createLog, Metrics, systemClock } from '@syncline/runtime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCompaction } from './compact.ts';
import { type Database, DatabaseError } from './database.ts';
import { GroupCommit, type GroupCommitLimits } from './group-commit.ts';
import { type CommittedRow, HeadMoved, JournalFull, JournalUnavailable, type Position, START } from './journal.ts';
import { createLeases } from './lease.ts';
import { migrate } from './migrate.ts';
import { createProjection, recordJson } from './projection.ts';
import { createReader } from './read.ts';
import type { TestDatabase } from './testing.ts';

/** What chance gives every commit here, and what nonce comes of it; how these differ is `history.contract.ts`'s. */
const CHANCE = 2 ** -20;
const NONCE = 2 ** 33;

/** What SPEC.md promises, for any database behind the journal. */
export function journalContract(name: string, open: () => Promise<TestDatabase>): void {
  describe(`journal on ${name}`, () => {
    let test: TestDatabase;
    beforeAll(async () => {
      test = await open();
      await migrate(test.db);
    });
    afterAll(() => test.drop());

    const journal = (options: { db?: Database; clock?: Clock; limits?: Partial<GroupCommitLimits> } = {}) => {
      const rows: CommittedRow[] = [];
      const writer = new GroupCommit({
        db: options.db ?? test.db,
        clock: options.clock ?? systemClock,
        random: () => CHANCE,
        log: createLog({ service: 'test', level: 'silent' }),
        metrics: new Metrics(),
        committed: (row) => rows.push(row),
        limits: { floorMs: 0, ...options.limits },
      });
      return { writer, rows, reader: createReader(options.db ?? test.db) };
    };
    const recordsAbove = (document: DocumentId, seq: number) =>
      test.db.query<{ id: string; data: object; deleted: boolean; seq: number }>(
        'SELECT id, data, deleted, seq FROM records WHERE document = $1 AND seq > $2',
        [document, seq],
      );
    const edit = (document: DocumentId, text: string, birth?: DocumentRef) => ({
      document,
      actor: 'person:a',
      update: Buffer.from(text),
      birth: birth ?? refOf(document),
    });
    const command = (document: DocumentId, id: string, head: number, text = id) => ({
      document,
      actor: 'agent:b',
      command: { id, hash: `hash of ${text}` },
      bytes: text.length,
      rehearse: () => ({
        update: Buffer.from(text),
        result: { changed: [text] },
        expect: at(head),
        birth: refOf(document),
      }),
      dropped: () => {},
    });

    const title = (title: string) => ({ entity: 'document', id: '', data: recordJson({ title }) });

    it('migrates once, also when two processes start together', async () => {
      expect(await migrate(test.db)).toEqual([]);
      await Promise.all([migrate(test.db), migrate(test.db)]);
    });

    it('[J1, J4, J5] numbers rows without a gap, in order, and hands them on in order', async () => {
      const { writer, rows, reader } = journal();
      const documents = Array.from({ length: 5 }, newDocument);
      const sent = documents.flatMap((document) => Array.from({ length: 40 }, (_, n) => edit(document, `${n}`)));
      await Promise.all(shuffledByDocument(sent).map((entry) => writer.append(entry)));
      for (const document of documents) {
        const stored = await reader.read(document);
        expect(stored.head).toBe(40);
        expect(stored.rows.map((row) => [row.seq, text(row.update)])).toEqual(
          Array.from({ length: 40 }, (_, n) => [n + 1, `${n}`]),
        );
        expect(rows.filter((row) => row.document === document).map((row) => row.seq)).toEqual(
          Array.from({ length: 40 }, (_, n) => n + 1),
        );
      }
    });

    it('[J2] whatever is appended, refused, compacted or projected afterwards, a row stays as it was committed', async () => {
      const { writer, reader } = journal();
      const compaction = createCompaction(test.db);
      const projection = createProjection(test.db);
      const document = newDocument();
      const committed = new Map<number, string>();
      const note = (seq: number, update: string) => committed.set(seq, update);
      const unchanged = async () => {
        const { rows } = await reader.read(document);
        const behind = (await reader.tails([{ document, after: START }])).get(document)?.rows ?? [];
        for (const row of [...rows, ...behind])
          expect([row.seq, text(row.update)]).toEqual([row.seq, committed.get(row.seq)]);
        expect(behind.map((row) => row.seq)).toEqual([...committed.keys()].slice(-behind.length));
      };
      note(await writer.append(edit(document, 'first')), 'first');
      for (let round = 0; round < 30; round++) {
        const head = committed.size;
        await Promise.allSettled([
          writer.append(edit(document, `edit ${round}`)).then((seq) => note(seq, `edit ${round}`)),
          writer.appendCommand(command(document, `moved ${round}`, head - 1)),
          writer.append({ ...edit(document, 'refused'), actor: 'no\0such' }),
        ]);
        // Twice, under one id.
        for (let copy = 0; copy < 2; copy++)
          await writer
            .appendCommand(command(document, `command ${round}`, committed.size))
            .then(({ seq }) => note(seq, `command ${round}`))
            .catch(() => {});
        if (round % 5 === 4) {
          const made = { coversSeq: committed.size - 2, nonce: NONCE, state: Buffer.from('state'), unappliable: [] };
          await compaction.replaceSnapshot(document, made, round % 2 ? 60_000 : 0);
        }
        const base = (await projection.recorded([document])).get(document)!.seq;
        await projection.project([{ document, base, ...at(committed.size), records: [title('t')] }]);
        await unchanged();
      }
      expect(committed.size).toBe(61);
    });

    it('[J1] two writers on the same documents leave no gap and no double', async () => {
      const [a, b] = [journal(), journal()];
      const documents = Array.from({ length: 4 }, newDocument);
      await Promise.all(
        Array.from({ length: 200 }, (_, n) => (n % 2 ? a : b).writer.append(edit(documents[n % 4]!, `${n}`))),
      );
      for (const document of documents) {
        const { head, rows } = await a.reader.read(document);
        expect(head).toBe(50);
        expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
      }
    });

    it('[J4] calls committed before append resolves', async () => {
      const { writer, rows } = journal();
      const seq = await writer.append(edit(newDocument(), 'x'));
      expect(rows.map((row) => row.seq)).toEqual([seq]);
    });

    it('[J6] two processes may both send the first row', async () => {
      const document = newDocument();
      const [a, b] = [journal(), journal()];
      const seqs = await Promise.all([a.writer.append(edit(document, 'a')), b.writer.append(edit(document, 'b'))]);
      expect(seqs.toSorted()).toEqual([1, 2]);
    });

    it('[J7] gathers what comes during a commit into one batch', async () => {
      const counted = counting(test.db);
      const { writer } = journal({ db: counted.db });
      const document = newDocument();
      const first = writer.append(edit(document, 'first'));
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all([first, ...Array.from({ length: 99 }, (_, n) => writer.append(edit(document, `${n}`)))]);
      expect(counted.statements()).toBe(2);
    });

    it('[J8] an entry that the database refuses fails alone', async () => {
      const { writer, reader } = journal();
      const [good, bad] = [newDocument(), newDocument()];
      const warm = writer.append(edit(newDocument(), 'warm'));
      const results = await Promise.allSettled([
        warm,
        writer.append(edit(good, 'before')),
        writer.append({ ...edit(bad, 'bad'), actor: 'no\0such' }),
        writer.append(edit(bad, 'after')),
        writer.append(edit(good, 'after')),
      ]);
      expect(results.map((result) => result.status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect((await reader.read(good)).rows.map((row) => text(row.update))).toEqual(['before', 'after']);
      expect((await reader.read(bad)).rows.map((row) => text(row.update))).toEqual(['after']);
    });

    it('[J9] fails a batch whose outcome is unknown, and goes on afterwards', async () => {
      let down = true;
      const db: Database = {
        ...test.db,
        query: (sql, params) =>
          down ? Promise.reject(new DatabaseError({ message: 'connection lost' })) : test.db.query(sql, params),
      };
      const { writer, rows } = journal({ db });
      const document = newDocument();
      await expect(writer.append(edit(document, 'x'))).rejects.toBeInstanceOf(JournalUnavailable);
      expect(writer.available).toBe(false);
      expect(rows).toEqual([]);
      down = false;
      expect(await writer.append(edit(document, 'x'))).toBe(1);
      await vi.waitUntil(() => writer.available, { timeout: 5_000 });
    });

    it('[J9] an entry that failed may be there all the same, and is there twice when it is sent again', async () => {
      let answering = false;
      const db: Database = {
        ...test.db,
        async query<T>(sql: string, params?: unknown[]) {
          const rows = await test.db.query<T>(sql, params);
          if (!answering) throw new DatabaseError({ message: 'connection lost' });
          return rows;
        },
      };
      const { writer, rows } = journal({ db });
      const document = newDocument();
      await expect(writer.append(edit(document, 'x'))).rejects.toBeInstanceOf(JournalUnavailable);
      answering = true;
      expect(await writer.append(edit(document, 'x'))).toBe(2);
      expect(rows.map((row) => row.seq)).toEqual([2]);
      const stored = await createReader(test.db).read(document);
      expect(stored.rows.map((row) => text(row.update))).toEqual(['x', 'x']);
    });

    it('[J22] finds out by itself that it can write again', async () => {
      let down = true;
      const db: Database = {
        ...test.db,
        query: (sql, params) =>
          down ? Promise.reject(new DatabaseError({ message: 'connection lost' })) : test.db.query(sql, params),
      };
      const { writer } = journal({ db });
      await expect(writer.append(edit(newDocument(), 'x'))).rejects.toBeInstanceOf(JournalUnavailable);
      await new Promise((resolve) => {
        setTimeout(resolve, 1_200);
      });
      expect(writer.available).toBe(false);
      down = false;
      await vi.waitUntil(() => writer.available, { timeout: 5_000 });
    });

    it('[J22] is tried less and less often when it can be written, but not for long', async () => {
      const clock = new HandClock();
      const db: Database = {
        ...test.db,
        // A full disk: little finds room, rows do not.
        query: (sql, params) =>
          sql.includes('INSERT INTO journal')
            ? Promise.reject(new DatabaseError({ message: 'no space left', code: '53100' }))
            : test.db.query(sql, params),
      };
      const { writer } = journal({ db, clock });
      const waits: number[] = [];
      for (let n = 0; n < 6; n++) {
        await expect(writer.append(edit(newDocument(), 'x'))).rejects.toBeInstanceOf(JournalUnavailable);
        expect(writer.available).toBe(false);
        waits.push(clock.next());
        await vi.waitUntil(() => writer.available);
      }
      expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
      clock.ms += 60_000;
      await expect(writer.append(edit(newDocument(), 'x'))).rejects.toBeInstanceOf(JournalUnavailable);
      expect(clock.next()).toBe(1_000);
    });

    it('[J22] a server that cannot be asked at all is asked four times a second, and keeps nobody waiting once it is back', async () => {
      const clock = new HandClock();
      let away = true;
      const db: Database = {
        ...test.db,
        query: (sql, params) =>
          away ? Promise.reject(new DatabaseError({ message: 'refused' })) : test.db.query(sql, params),
      };
      const { writer } = journal({ db, clock });
      await expect(writer.append(edit(newDocument(), 'x'))).rejects.toBeInstanceOf(JournalUnavailable);
      expect(clock.next()).toBe(1_000);
      for (let n = 0; n < 5; n++) {
        await vi.waitUntil(() => clock.waits);
        expect(clock.next()).toBe(250);
        expect(writer.available).toBe(false);
      }
      away = false;
      await vi.waitUntil(() => clock.waits);
      expect(clock.next()).toBe(250);
      await vi.waitUntil(() => writer.available);
    });

    it('[J22] a server that crashes at every write does not make readiness come and go: it is left alone for longer', async () => {
      const clock = new HandClock();
      let asked = 0;
      const db: Database = {
        ...test.db,
        // Its end, then its start, then what the probe writes, and so on.
        query: (sql, params) =>
          sql.includes('INSERT INTO journal') || asked++ % 2 === 0
            ? Promise.reject(new DatabaseError({ message: 'refused' }))
            : test.db.query(sql, params),
      };
      const { writer } = journal({ db, clock });
      const waits: number[] = [];
      for (let n = 0; n < 5; n++) {
        await expect(writer.append(edit(newDocument(), 'x'))).rejects.toBeInstanceOf(JournalUnavailable);
        waits.push(clock.next());
        await vi.waitUntil(() => clock.waits);
        expect(clock.next()).toBe(250);
        await vi.waitUntil(() => writer.available);
      }
      expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000]);
    });

    it('[J10] refuses at once what would wait beyond the limit', async () => {
      const { writer } = journal({ limits: { maxWaitingBytes: 1000 } });
      const document = newDocument();
      const first = writer.append(edit(document, 'x'.repeat(400)));
      const second = writer.appendCommand(command(newDocument(), 'y', 0));
      await expect(writer.append(edit(document, 'x'))).rejects.toBeInstanceOf(JournalFull);
      await expect(writer.appendCommand(command(document, 'z', 0))).rejects.toBeInstanceOf(JournalFull);
      await Promise.all([first, second]);
      expect(await writer.append(edit(document, 'x'))).toBe(2);
    });

    it('[J10] takes one entry that is larger than its actor’s part, and then no other of that actor', async () => {
      const { writer } = journal({ limits: { maxWaitingBytesOfOne: 1000 } });
      const document = newDocument();
      const large = writer.append(edit(document, 'x'.repeat(5000)));
      await expect(writer.append(edit(document, 'y'))).rejects.toBeInstanceOf(JournalFull);
      expect([await large, await writer.append(edit(document, 'y'))]).toEqual([1, 2]);
    });

    it('[J10] leaves room for others when one actor fills its part, and gives it back whatever comes of it', async () => {
      const { writer } = journal({ limits: { maxWaitingBytesOfOne: 1000 } });
      const document = newDocument();
      const refused = () =>
        writer.appendCommand({
          ...command(document, 'bad', 0),
          bytes: 500,
          rehearse: () => {
            throw new Error('no such step');
          },
        });
      for (let n = 0; n < 3; n++) {
        const bad = refused();
        await expect(refused()).rejects.toBeInstanceOf(JournalFull);
        const other = writer.append(edit(document, 'x'.repeat(700)));
        await expect(bad).rejects.toThrow('no such step');
        expect(await other).toBe(n + 1);
      }
    });

    it('[J5, J10] batches within their limits, in order', async () => {
      const { writer, reader } = journal({ limits: { maxBatchBytes: 8, maxBatchRows: 3 } });
      const document = newDocument();
      await Promise.all(
        ['1', '22222222222', '3', '4', '5', '6'].map((update) => writer.append(edit(document, update))),
      );
      expect((await reader.read(document)).rows.map((row) => text(row.update))).toEqual([
        '1',
        '22222222222',
        '3',
        '4',
        '5',
        '6',
      ]);
    });

    it('[J11] rehearses after the batches before it were handed on', async () => {
      const { writer, rows } = journal();
      const document = newDocument();
      const seen: number[] = [];
      const entry = (id: string) => ({
        ...command(document, id, 0),
        rehearse: () => {
          seen.push(rows.length);
          return { update: Buffer.from(id), result: { changed: [] }, expect: at(rows.length), birth: refOf(document) };
        },
      });
      await Promise.all(['a', 'b', 'c'].map((id) => writer.appendCommand(entry(id))));
      expect(seen).toEqual([0, 1, 2]);
    });

    it('[J12] a command whose head has moved fails without a trace; the edits of its batch do not', async () => {
      const { writer, reader, rows } = journal();
      const document = newDocument();
      await writer.append(edit(document, 'one'));
      const [moved, edited] = await Promise.allSettled([
        writer.appendCommand(command(document, 'late', 0)),
        writer.append(edit(document, 'two')),
      ]);
      expect(moved).toMatchObject({ status: 'rejected', reason: expect.any(HeadMoved) });
      expect(edited).toEqual({ status: 'fulfilled', value: 2 });
      expect(await reader.command(document, 'late')).toBeNull();
      expect((await reader.read(document)).rows.map((row) => text(row.update))).toEqual(['one', 'two']);
      expect(rows.map((row) => row.seq)).toEqual([1, 2]);
    });

    it('[J27] a command that was not committed is told so before the next one is rehearsed', async () => {
      const { writer } = journal();
      const document = newDocument();
      await writer.append(edit(document, 'one'));
      const order: string[] = [];
      const entry = (id: string, head: number) => ({
        ...command(document, id, head),
        rehearse: () => {
          order.push(`rehearse ${id}`);
          return command(document, id, head).rehearse();
        },
        dropped: (error: unknown) => order.push(`drop ${id}: ${(error as Error).name}`),
      });
      const sent = [entry('late', 0), entry('first', 1), entry('late again', 1)];
      await Promise.allSettled(sent.map((each) => writer.appendCommand(each)));
      expect(order).toEqual([
        'rehearse late',
        'drop late: HeadMoved',
        'rehearse first',
        'rehearse late again',
        'drop late again: HeadMoved',
      ]);
    });

    it('[J13] a command id takes effect once, whoever sends it again', async () => {
      const [a, b] = [journal(), journal()];
      const document = newDocument();
      const results = await Promise.allSettled([
        a.writer.appendCommand(command(document, 'op', 0)),
        b.writer.appendCommand(command(document, 'op', 0)),
        a.writer.append(edit(document, 'edit')),
      ]);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(2);
      const { head } = await a.reader.read(document);
      await expect(a.writer.appendCommand(command(document, 'op', head))).rejects.toBeInstanceOf(HeadMoved);
      expect((await a.reader.read(document)).head).toBe(2);
      expect(await a.reader.command(document, 'op')).toMatchObject({ hash: 'hash of op', result: { changed: ['op'] } });
    });

    it('[J12, J13] a command that holds the head for itself sees all rows, and takes effect once', async () => {
      const [a, b] = [journal(), journal()];
      const document = newDocument();
      await a.writer.append(edit(document, 'one'));
      const alone = (writer: GroupCommit, id: string) =>
        writer.appendCommandAlone({
          ...command(document, id, 0),
          after: START,
          rehearse: (tail) => ({
            update: Buffer.from(id),
            result: { changed: tail.map((row) => text(row.update)) },
            expect: at(tail.length),
          }),
        });
      const results = await Promise.all([
        alone(a.writer, 'x'),
        alone(b.writer, 'y'),
        a.writer.append(edit(document, 'two')),
        b.writer.append(edit(document, 'three')),
      ]);
      expect(results.map((result) => (typeof result === 'number' ? result : result.seq)).toSorted()).toEqual([
        2, 3, 4, 5,
      ]);
      const { rows } = await a.reader.read(document);
      for (const { seq, result } of results.filter((result) => typeof result !== 'number'))
        expect(result.changed).toEqual(rows.slice(0, seq - 1).map((row) => text(row.update)));
      await expect(alone(b.writer, 'x')).rejects.toBeInstanceOf(HeadMoved);
      expect((await a.reader.read(document)).head).toBe(5);
    });

    it('[J15] reads the tails of many documents at once', async () => {
      const { writer, reader } = journal();
      const [one, two, three] = [newDocument(), newDocument(), newDocument()];
      for (const document of [one, two, three, one, two]) await writer.append(edit(document, 'x'));
      const tails = await reader.tails([
        { document: one, after: START },
        { document: two, after: at(1) },
        { document: three, after: at(1) },
      ]);
      expect([...tails].map(([document, { rows }]) => [document, rows.map((row) => row.seq)]).toSorted()).toEqual(
        [
          [one, [1, 2]],
          [two, [2]],
        ].toSorted(),
      );
    });

    it('[J14] a rehearsal that throws fails its command and nothing else', async () => {
      const { writer } = journal();
      const document = newDocument();
      const results = await Promise.allSettled([
        writer.appendCommand({
          ...command(document, 'bad', 0),
          rehearse: () => {
            throw new Error('no such step');
          },
        }),
        writer.append(edit(document, 'good')),
      ]);
      expect(results[0]).toMatchObject({ status: 'rejected', reason: new Error('no such step') });
      expect(results[1]).toEqual({ status: 'fulfilled', value: 1 });
    });

    it('[J15] reads rows above a number, with the head of the same moment', async () => {
      const { writer, reader } = journal();
      const document = newDocument();
      expect(await reader.read(document)).toEqual({ head: 0, history: 'same', snapshot: null, rows: [] });
      for (const update of ['a', 'b', 'c']) await writer.append(edit(document, update));
      expect((await reader.read(document, at(1))).rows.map((row) => row.seq)).toEqual([2, 3]);
      expect(await reader.read(document, at(3))).toEqual({ head: 3, history: 'same', snapshot: null, rows: [] });
      const { rows } = await reader.read(document, at(2));
      expect(rows[0]).toEqual({ ...at(3), update: expect.any(Uint8Array), actor: 'person:a' });
    });

    it('stores every byte as it is', async () => {
      const { writer, reader } = journal();
      const document = newDocument();
      const update = Uint8Array.from({ length: 100_000 }, (_, n) => (n * 7 + (n >> 8)) & 255);
      await writer.append({ ...edit(document, ''), update });
      expect(Buffer.compare((await reader.read(document)).rows[0]!.update, update)).toBe(0);
    });

    it('[J18, J19] a snapshot comes in the place of the rows it covers, and never goes back', async () => {
      const { writer, reader } = journal();
      const compaction = createCompaction(test.db);
      const document = newDocument();
      for (const update of ['a', 'b', 'c', 'd']) await writer.append(edit(document, update));
      const snapshot = (coversSeq: number) => ({
        coversSeq,
        nonce: NONCE,
        state: Buffer.from(`up to ${coversSeq}`),
        unappliable: [],
      });
      await compaction.replaceSnapshot(document, snapshot(3), 60_000);
      await compaction.replaceSnapshot(document, snapshot(2), 60_000);
      const whole = await reader.read(document);
      expect([whole.head, whole.snapshot!.coversSeq, text(whole.snapshot!.state)]).toEqual([4, 3, 'up to 3']);
      expect(whole.rows.map((row) => row.seq)).toEqual([4]);
      // Whoever is beyond the snapshot does not need it.
      expect(await reader.read(document, at(3))).toMatchObject({ snapshot: null, rows: [{ seq: 4 }] });
      const tail = (await reader.tails([{ document, after: at(1) }])).get(document)!;
      expect([tail.history, ...tail.rows.map((row) => row.seq)]).toEqual(['same', 2, 3, 4]);
    });

    it('[J20] deletes covered rows when their time is over, and sets aside what could not be applied', async () => {
      const { writer, reader } = journal();
      const compaction = createCompaction(test.db);
      const document = newDocument();
      for (const update of ['a', 'b', 'c']) await writer.append(edit(document, update));
      const unappliable = [{ seq: 2, update: Buffer.from('b'), actor: 'person:a', reason: 'it throws' }];
      const made = { coversSeq: 2, nonce: NONCE, state: Buffer.from('ab'), unappliable };
      await compaction.replaceSnapshot(document, made, 60_000);
      expect((await reader.tails([{ document, after: START }])).get(document)!.rows).toHaveLength(3);
      await compaction.replaceSnapshot(document, made, 0);
      expect((await reader.tails([{ document, after: START }])).get(document)!.rows.map((row) => row.seq)).toEqual([3]);
      expect(await test.db.query('SELECT seq, reason FROM quarantine WHERE document = $1', [document])).toEqual([
        { seq: 2, reason: 'it throws' },
      ]);
      expect(await writer.append(edit(document, 'd'))).toBe(4);
    });

    it('[J21] a lease has one owner at a time, and ends with its time', async () => {
      const leases = createLeases(test.db);
      const name = `lease-${randomUUID()}`;
      expect(await leases.take(name, 'a', 60_000)).toBe(true);
      expect(await leases.take(name, 'b', 60_000)).toBe(false);
      expect(await leases.take(name, 'a', 1)).toBe(true);
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      expect(await leases.take(name, 'b', 60_000)).toBe(true);
      await leases.release(name, 'a');
      expect(await leases.take(name, 'a', 60_000)).toBe(false);
      await leases.release(name, 'b');
      expect(await leases.take(name, 'a', 60_000)).toBe(true);
    });

    it('forgets commands when their time is over', async () => {
      const { writer, reader } = journal();
      const compaction = createCompaction(test.db);
      const document = newDocument();
      await writer.appendCommand(command(document, 'old', 0));
      await compaction.forgetCommands(60_000);
      expect(await reader.command(document, 'old')).not.toBeNull();
      await compaction.forgetCommands(0);
      expect(await reader.command(document, 'old')).toBeNull();
    });

    it('[J16, J23] a projection never goes back, and takes no change that was made on another', async () => {
      const { writer } = journal();
      const projection = createProjection(test.db);
      const document = newDocument();
      const ref = refOf(document, `ws-${randomUUID().slice(0, 8)}`);
      for (let n = 0; n < 6; n++) await writer.append({ ...edit(document, 'x'), birth: ref });
      const project = (base: number, seq: number, text: string) =>
        projection.project([{ document, base, ...at(seq), records: [title(text)] }]);
      expect(await project(3, 4, 'made on what was never there')).toEqual(new Set());
      expect(await project(0, 5, 'new')).toEqual(new Set([document]));
      expect(await project(0, 4, 'old')).toEqual(new Set());
      expect(await project(0, 6, 'made on nothing')).toEqual(new Set());
      expect(await project(5, 4, 'back')).toEqual(new Set());
      expect(await recordsAbove(document, 0)).toMatchObject([{ data: { title: 'new' }, seq: 5 }]);
    });

    it('[J23] of many who project at once from one revision, one does', async () => {
      const { writer } = journal();
      const projection = createProjection(test.db);
      const documents = Array.from({ length: 3 }, newDocument);
      for (const document of documents) for (let n = 0; n < 5; n++) await writer.append(edit(document, 'x'));
      for (let round = 1; round <= 5; round++) {
        const taken = await Promise.all(
          Array.from({ length: 8 }, (_, n) =>
            projection.project(
              (n % 2 ? documents : documents.toReversed()).map((document) => ({
                document,
                base: round - 1,
                ...at(round),
                records: [title(`${n}`), { entity: 'step', id: `${n}`, data: '{}' }],
              })),
            ),
          ),
        );
        for (const document of documents) {
          expect(taken.filter((set) => set.has(document))).toHaveLength(1);
          const winner = taken.findIndex((set) => set.has(document));
          expect((await projection.recorded([document])).get(document)!.records).toContainEqual({
            entity: 'step',
            id: `${winner}`,
          });
        }
      }
    });

    it('[J24] records above a number are what has changed since, what has gone included', async () => {
      const { writer } = journal();
      const projection = createProjection(test.db);
      const document = newDocument();
      for (let n = 0; n < 9; n++) await writer.append(edit(document, 'x'));
      const step = (id: string, data: object | null) => ({ entity: 'step', id, data: data && recordJson(data) });
      const project = (base: number, seq: number, ...records: ReturnType<typeof step>[]) =>
        projection.project([{ document, base, ...at(seq), records }]);
      const above = async (seq: number) =>
        (await recordsAbove(document, seq))
          .map(({ id, data, deleted, seq }) => `${id}@${seq} ${deleted ? 'gone' : JSON.stringify(data)}`)
          .toSorted();
      await project(0, 3, step('a', { n: 1 }), step('b', { n: 1 }), step('c', { n: 1 }));
      // As one does who knows which records there are, and not what they say.
      await project(3, 5, step('a', { n: 1 }), step('b', { n: 2 }), step('c', null));
      expect(await above(0)).toEqual(['a@3 {"n":1}', 'b@5 {"n":2}', 'c@5 gone']);
      expect(await above(3)).toEqual(['b@5 {"n":2}', 'c@5 gone']);
      expect(
        (await projection.recorded([document]))
          .get(document)!
          .records.map(({ id }) => id)
          .toSorted(),
      ).toEqual(['a', 'b']);
      await project(5, 8, step('c', { n: 1 }));
      expect(await above(5)).toEqual(['c@8 {"n":1}']);
      await project(8, 9);
      expect(await above(8)).toEqual([]);
      expect((await projection.recorded([document])).get(document)!.seq).toBe(9);
    });

    it('[J17] names every document whose head is above its projection', async () => {
      const { writer } = journal();
      const projection = createProjection(test.db);
      const document = newDocument();
      await writer.append(edit(document, 'x'));
      expect((await projection.behind(10_000)).map((row) => row.id)).toContain(document);
      await projection.project([{ document, base: 0, ...at(1), records: [title('t')] }]);
      expect((await projection.behind(10_000)).map((row) => row.id)).not.toContain(document);
      await writer.append(edit(document, 'y'));
      expect(await projection.behind(10_000)).toContainEqual({ id: document, ref: refOf(document) });
    });

    it('projects titles that the database’s JSON cannot hold, without what it cannot', async () => {
      const { writer } = journal();
      const document = newDocument();
      const workspace = `ws-${randomUUID().slice(0, 8)}`;
      await writer.append(edit(document, 'x', refOf(document, workspace)));
      await createProjection(test.db).project([{ document, base: 0, ...at(1), records: [title('a\0b\ud800c')] }]);
      expect(await recordsAbove(document, 0)).toMatchObject([{ data: { title: 'ab\ufffdc' } }]);
    });
  });
}

function at(seq: number): Position {
  return seq === 0 ? START : { seq, nonce: NONCE };
}

function newDocument(): DocumentId {
  return randomUUID() as DocumentId;
}

function refOf(document: DocumentId, workspace = 'default'): DocumentRef {
  return { workspace, kind: 'plan', id: document };
}

function text(update: Uint8Array): string {
  return Buffer.from(update).toString();
}

/** Entries of all documents mixed, each document's own in their order. */
function shuffledByDocument<T extends { document: DocumentId }>(entries: T[]): T[] {
  const byDocument = [...Map.groupBy(entries, (entry) => entry.document).values()];
  return Array.from({ length: byDocument[0]!.length }, (_, n) => byDocument.map((list) => list[n]!)).flat();
}

function counting(db: Database) {
  let count = 0;
  const counted: Database = {
    ...db,
    query: (sql, params) => {
      count += 1;
      return db.query(sql, params);
    },
  };
  return { db: counted, statements: () => count };
}

/** Time that goes on when it is told to. */
class HandClock implements Clock {
  ms = 0;
  #waiting: { at: number; fn: () => void }[] = [];

  now(): number {
    return this.ms;
  }

  after(ms: number, fn: () => void): () => void {
    this.#waiting.push({ at: this.ms + ms, fn });
    return () => {};
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  /** Goes on to the one thing that waits. @returns how long that took */
  next(): number {
    const [{ at, fn }] = this.#waiting.splice(0) as [{ at: number; fn: () => void }];
    const took = at - this.ms;
    this.ms = at;
    fn();
    return took;
  }
}
