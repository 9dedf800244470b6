import type { Fanout } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { encodeFrame, type Verb } from '@syncline/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

/** What lies between two pods, and how a test takes it away. */
export interface Between {
  connect(pod: string): Fanout;
  interrupt(): void | Promise<void>;
  restore(): void | Promise<void>;
  close(): void | Promise<void>;
}

/** What SPEC.md promises of several pods, over any fan-out. */
export function podsContract(name: string, open: () => Promise<Between>): void {
  describe(`pods over ${name}`, () => {
    let test: TestDatabase;
    let between: Between;
    let one: TestPod;
    let other: TestPod;
    const fanouts: Fanout[] = [];
    beforeAll(async () => {
      test = await pgliteTestDatabase();
      await migrate(test.db);
      between = await open();
      // So long that only the test's own fault can set a repair off.
      const limits = { repairEveryMs: { min: 600_000, max: 600_000 } };
      [one, other] = (await Promise.all(
        ['one', 'other'].map((id) => {
          const fanout = between.connect(id);
          fanouts.push(fanout);
          return startTestPod(test.db, limits, { fanout, id });
        }),
      )) as [TestPod, TestPod];
    });
    afterAll(async () => {
      await Promise.all([one.stop(), other.stop()]);
      await Promise.all(fanouts.map((fanout) => fanout.close()));
      await between.close();
      await test.drop();
    });

    const pair = async () => {
      const plan = newPlan();
      const clients = [one.connect(plan.name), other.connect(plan.name, 'person:p2')] as const;
      await Promise.all(clients.map((client) => client.synced));
      return { plan, clients };
    };

    it('an edit at one pod is committed, and then at the client of the other', async () => {
      const { plan, clients } = await pair();
      write(clients[0], 'title', 'across');
      await clients[0].acknowledged();
      expect((await one.reader.read(plan.id)).head).toBe(1);
      await until(() => read(clients[1], 'title') === 'across');
    });

    it('[S3] a row that nobody has committed does not take the place of the one that gets its number', async () => {
      const { plan, clients } = await pair();
      const neighbour = between.connect('neighbour');
      fanouts.push(neighbour);
      await until(() => neighbour.available);
      const foreign = new Y.Doc();
      foreign.getMap('metadata').set('foreign', 'x');
      const rows = [{ actor: 'person:nobody', update: Y.encodeStateAsUpdate(foreign) }];
      const frame = { type: 'edit:v2', pod: 'neighbour', seq: 2, nonce: 1, previous: 1, rows } as const;
      neighbour.publish(plan.id, encodeFrame({ ...frame, rows }));
      // The gap is seen, and the journal read.
      await pause(500);
      for (const key of ['first', 'second']) {
        write(clients[0], key, 'x');
        await clients[0].acknowledged();
      }
      await until(() => read(clients[1], 'second') === 'x');
      expect([...clients[1].doc.getMap('metadata').keys()]).toEqual(['title', 'first', 'second']);
    });

    it('both pods’ clients edit at once and end equal', async () => {
      const { plan, clients } = await pair();
      for (let n = 0; n < 200; n++) {
        write(clients[n % 2]!, `${n % 2}.${n}`, 'x');
        if (n % 10 === 0) await pause(2);
      }
      await Promise.all(clients.map((client) => client.acknowledged()));
      await until(() => equal(clients[0], clients[1]));
      // And the title, which a plan has from the start.
      expect(clients[0].doc.getMap('metadata').size).toBe(200 + 1);
      const { rows } = await one.reader.read(plan.id);
      expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
    });

    it('a command lands when no pod holds the document, when the other does, and when both do', async () => {
      const plan = newPlan();
      const create = { title: 'Plan', steps: [], blocks: [] };
      expect(await one.command(plan.ref, 'c', { verb: 'plan.create', args: create })).toMatchObject({ seq: 1 });
      const watcher = other.connect(plan.name);
      await watcher.synced;
      const set = (title: string): Verb => ({ verb: 'plan.update', args: { changes: [{ op: 'set', title }] } });
      expect(await one.command(plan.ref, 'a', set('A'))).toMatchObject({ ok: true, seq: 2 });
      await until(() => read(watcher, 'title') === 'A');
      expect(await other.command(plan.ref, 'b', set('B'))).toMatchObject({ ok: true, seq: 3 });
      await until(() => read(watcher, 'title') === 'B');
      expect(await one.read(plan.ref, 3)).toMatchObject({ seq: 3, value: { title: 'B' } });
    });

    it('[S22] a client that leaves one pod is gone from the other’s presence within 2 s; one that moves is not', async () => {
      const { plan, clients } = await pair();
      for (const client of clients) client.provider.setAwarenessField('user', { name: 'x' });
      await until(() => present(clients[0], clients[1]) && present(clients[1], clients[0]));
      clients[0].provider.disconnect();
      await until(() => !present(clients[1], clients[0]), 2_000);

      const late = one.connect(plan.name, 'person:p3');
      await late.synced;
      await until(() => present(late, clients[1]));
    });

    it('[S22] a stock client that moves from one pod to the other, or comes back to its own, is seen again at once', async () => {
      const { plan, clients } = await pair();
      const [moving, watcher] = clients;
      const neighbour = one.connect(plan.name, 'person:p4');
      await neighbour.synced;
      moving.provider.setAwarenessField('user', { name: 'x' });
      await until(() => present(watcher, moving) && present(neighbour, moving));
      for (const pod of [other, one, one]) {
        moving.provider.disconnect();
        await until(() => !present(watcher, moving) && !present(neighbour, moving), 2_000);
        moving.provider.configuration.websocketProvider.configuration.url = pod.url + plan.name;
        void moving.provider.connect();
        await until(() => present(watcher, moving) && present(neighbour, moving), 3_000);
      }
    });

    it('[S20, S21] after a loss of the fan-out all pods are equal within 1 s of its return, without a further edit', async () => {
      const { clients } = await pair();
      write(clients[0], 'title', 'before');
      await until(() => read(clients[1], 'title') === 'before');
      await between.interrupt();
      for (let n = 0; n < 50; n++) write(clients[0], `away.${n}`, 'x');
      await clients[0].acknowledged();
      await pause(300);
      // The other pod has had no sign of them: no frame, and no row of its own that would show the gap.
      expect(clients[1].doc.getMap('metadata').size).toBe(1);
      await between.restore();
      await until(() => fanouts.every((fanout) => fanout.available), 20_000);
      await until(() => equal(clients[0], clients[1]), 1_000);
      expect(clients[0].doc.getMap('metadata').size).toBe(51);
    });

    it('[S21] a gap is read from the journal although nothing told of it but a later row', async () => {
      const { clients } = await pair();
      write(clients[0], 'title', 'before');
      await until(() => read(clients[1], 'title') === 'before');
      await between.interrupt();
      write(clients[0], 'lost', 'x');
      await clients[0].acknowledged();
      write(clients[1], 'shows the gap', 'x');
      await clients[1].acknowledged();
      await until(() => read(clients[1], 'lost') === 'x');
      await between.restore();
      await until(() => fanouts.every((fanout) => fanout.available), 20_000);
      await until(() => equal(clients[0], clients[1]), 1_000);
    });

    it('[S23] documents open, and edits are committed, while the fan-out is away', async () => {
      await between.interrupt();
      const { plan, clients } = await pair();
      write(clients[0], 'title', 'alone');
      await clients[0].acknowledged();
      expect(await other.read(plan.ref, 1)).toMatchObject({ value: { title: 'alone' } });
      await between.restore();
      await until(() => fanouts.every((fanout) => fanout.available), 20_000);
      await until(() => equal(clients[0], clients[1]), 1_000);
    });

    it('[S19] many commands on one document from two pods all take effect', async () => {
      const plan = newPlan();
      await one.command(plan.ref, 'c', { verb: 'plan.create', args: { title: 'P', steps: [], blocks: [] } });
      const replies = await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          (n % 2 ? one : other).command(plan.ref, `s${n}`, {
            verb: 'plan.update',
            args: { changes: [{ op: 'add_step', title: `${n}` }] },
          }),
        ),
      );
      expect(replies.filter((reply) => !reply.ok)).toEqual([]);
      for (const pod of [one, other]) {
        const reply = await pod.read(plan.ref, 61);
        expect(reply).toMatchObject({ ok: true, seq: 61 });
        expect(reply.ok && reply.value.steps.length).toBe(60);
      }
    });
  });
}

function write(client: Client, key: string, value: string): void {
  client.doc.getMap<string>('metadata').set(key, value);
}

function read(client: Client, key: string): string | undefined {
  return (client.doc.getMap('metadata').get(key) as string | Y.Text | undefined)?.toString();
}

function equal(a: Client, b: Client): boolean {
  return Buffer.compare(Y.encodeStateAsUpdate(a.doc), Y.encodeStateAsUpdate(b.doc)) === 0;
}

function present(watcher: Client, whom: Client): boolean {
  return watcher.provider.awareness!.getStates().has(whom.doc.clientID);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
