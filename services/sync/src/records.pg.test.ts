import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { createProjection, createReader, type Database, DatabaseError, migrate, recordJson } from '@syncline/journal';
import { postgresTestDatabase } from '@syncline/journal/testing';
import { addStep, KIND_READERS, removeStep } from '@syncline/model';
import type { DocumentId, Verb } from '@syncline/protocol';
import { expect, inject, it } from 'vitest';
import { editAsPerson, stepsOf } from '../sim/edits.ts';
import { type Chance, createChance } from '../sim/random.ts';
import { replay } from './edits/merge.ts';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const run = promisify(execFile);
const REBUILD = fileURLToPath(new URL('rebuild.ts', import.meta.url));

/** To see a failure again, put the seed that it names here. */
const SEED = Math.floor(Math.random() * 2 ** 31);
const HISTORIES = 500;
const AT_ONCE = 25;
/** A pod dies after so many histories, and another takes its place. */
const DEATH_EVERY = 60;
const LIMITS = { lingerMs: 400, housekeepingEveryMs: 500, repairEveryMs: { min: 500, max: 1_000 } };

/** Records by their names, each as JSON, as they are to be read. */
type Records = Map<string, string>;

it(`[S18, S33, J24] for ${HISTORIES} random histories on two pods, records equals the document once quiet, and the rebuild gives the same`, async () => {
  const test = await postgresTestDatabase(inject('databaseUrl'));
  await migrate(test.db);
  const pods = new Pair(test.db);
  await pods.start();
  const projection = createProjection(test.db);
  const reader = createReader(test.db);
  const pullers = new Map<DocumentId, Puller>();

  const live = async (number: number) => {
    const plan = newPlan();
    const puller = new Puller(test.db, plan.id);
    pullers.set(plan.id, puller);
    const history = new History({ chance: createChance(SEED).fork(`${number}`), pods, plan, puller });
    await history.run();
  };
  const said = async (id: DocumentId): Promise<Records> => {
    const read = await reader.read(id);
    if (read.head === 0) return new Map();
    const { document } = replay(read);
    return new Map(KIND_READERS.plan.records(document).map((r) => [`${r.entity} ${r.id}`, recordJson(r.data)]));
  };

  try {
    let next = 0;
    const worker = async () => {
      while (next < HISTORIES) {
        const number = (next += 1);
        if (number % DEATH_EVERY === 0) await pods.replace(number % 2);
        await live(number);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await until(async () => (await projection.behind(1)).length === 0, 90_000);

    for (const [id, puller] of pullers) {
      const expected = await said(id);
      expect(await recordsOf(test.db, id), `records of ${id}`).toEqual(normal(expected));
      await puller.pull();
      expect(puller.records, `what was pulled of ${id}`).toEqual(normal(expected));
    }

    const before = await test.db.query<{ document: string }>('SELECT * FROM records ORDER BY document, entity, id');
    const [damaged] = [...pullers.keys()];
    await test.db.query(`UPDATE records SET data = '{"no": "such"}' WHERE document = $1 AND entity = 'text'`, [
      damaged,
    ]);
    await test.db.query(`INSERT INTO records (document, entity, id, data, seq) VALUES ($1, 'step', 'x', '{}', 1)`, [
      damaged,
    ]);
    await run(process.execPath, [REBUILD], { env: { DATABASE_URL: test.url } });
    const after = await test.db.query<{ document: string }>('SELECT * FROM records ORDER BY document, entity, id');
    const whole = ({ document }: { document: string }) => document !== damaged;
    expect(after.filter(whole)).toEqual(before.filter(whole));
    expect(await recordsOf(test.db, damaged!)).toEqual(normal(await said(damaged!)));
  } catch (error) {
    throw new Error(`seed ${SEED} fails: ${(error as Error).message}`, { cause: error });
  } finally {
    await pods.stop();
    await test.drop();
  }
}, 600_000);

/** Two pods between which histories move; one may die at any time, and another then takes its place. */
class Pair {
  readonly #db: Database;
  readonly #hub = new FanoutHub();
  readonly #dead: TestPod[] = [];
  readonly #living: { pod: TestPod; kill: () => Promise<void> }[] = [];
  #generation = 0;
  /** Clients by the place of the pod that they are at. */
  readonly clients: [Set<Client>, Set<Client>] = [new Set(), new Set()];

  constructor(db: Database) {
    this.#db = db;
  }

  at(place: number): TestPod {
    return this.#living[place]!.pod;
  }

  async start(): Promise<void> {
    for (const place of [0, 1]) this.#living[place] = await this.#create();
  }

  /** As `kill -9` does it: what is under way in the database takes effect or not, and nobody hears of it. */
  async replace(place: number): Promise<void> {
    const { pod, kill } = this.#living[place]!;
    const successor = await this.#create();
    this.#living[place] = successor;
    await kill();
    this.#dead.push(pod);
    for (const { provider } of this.clients[place]!) {
      const { websocketProvider: socket } = provider.configuration;
      socket.configuration.url = successor.pod.url + provider.configuration.name;
      // It comes back by itself.
      socket.webSocket?.close();
    }
  }

  async stop(): Promise<void> {
    for (const pod of [...this.#dead, ...this.#living.map(({ pod }) => pod)]) await pod.stop();
  }

  async #create() {
    const id = `pod${(this.#generation += 1)}`;
    let alive = true;
    const lost = () => new DatabaseError(Object.assign(new Error('the process is dead'), { code: 'ECONNRESET' }));
    const answered = async <T>(work: () => Promise<T>): Promise<T> => {
      if (!alive) throw lost();
      const result = await work();
      if (!alive) throw lost();
      return result;
    };
    const db: Database = {
      ...this.#db,
      query: (sql, params) => answered(() => this.#db.query(sql, params)),
      transaction: (work) => answered(() => this.#db.transaction(work)),
    };
    const onListenerError = (error: unknown) => {
      throw error;
    };
    const fanout = new MemoryFanout({ hub: this.#hub, onListenerError });
    const pod = await startTestPod(db, LIMITS, { fanout, id });
    return {
      pod,
      async kill() {
        alive = false;
        await fanout.close();
      },
    };
  }
}

/** What happens to one document. */
class History {
  readonly #deps: { chance: Chance; pods: Pair; plan: ReturnType<typeof newPlan>; puller: Puller };
  #commands = 0;

  constructor(deps: { chance: Chance; pods: Pair; plan: ReturnType<typeof newPlan>; puller: Puller }) {
    this.#deps = deps;
  }

  async run(): Promise<void> {
    const { chance, pods, plan, puller } = this.#deps;
    const clients = [0, 1].map((place) => {
      const client = pods.at(place).connect(plan.name, `person:p${place}`);
      pods.clients[place]!.add(client);
      return client;
    });
    await Promise.all(clients.map((client) => client.synced));
    for (let n = 4 + chance.int(16); n > 0; n--) {
      const drawn = chance.next();
      if (drawn < 0.65) this.#edit(chance.pick(clients));
      else if (drawn < 0.85) await this.#command();
      else await puller.pull();
      if (chance.hits(0.5)) await pause(chance.between(0, 120));
    }
    await Promise.all(clients.map((client) => until(() => !client.provider.hasUnsyncedChanges, 60_000)));
    clients.forEach((client, place) => {
      pods.clients[place]!.delete(client);
      client.provider.destroy();
    });
  }

  #edit({ doc }: Client): void {
    const { chance } = this.#deps;
    const steps = stepsOf(doc).filter((id) => KIND_READERS.plan.records(doc).some((record) => record.id === id));
    if (steps.length && chance.hits(0.2)) removeStep(doc, chance.pick(steps));
    else if (chance.hits(0.2)) addStep(doc, { title: 'a step', after: null }, { random: chance.next });
    else editAsPerson(doc, chance, `w${chance.int(1000)}`);
  }

  async #command(): Promise<void> {
    const { chance, pods, plan } = this.#deps;
    const title = `command ${(this.#commands += 1)}`;
    const verb: Verb = chance.hits(0.7)
      ? { verb: 'plan.update', args: { changes: [{ op: 'add_step', title }] } }
      : { verb: 'plan.update', args: { changes: [{ op: 'set', title, status: 'in_review' }] } };
    // To a document without a row it is refused, and from a pod that dies there is no answer; both are part of it.
    await pods.at(chance.int(2)).command(plan.ref, `${plan.ref.id} ${this.#commands}`, verb);
  }
}

/** A client without a CRDT: it asks for what has changed since its cursor, and knows nothing else. */
class Puller {
  readonly records: Records = new Map();
  readonly #db: Database;
  readonly #id: DocumentId;
  #cursor = 0;

  constructor(db: Database, id: DocumentId) {
    this.#db = db;
    this.#id = id;
  }

  async pull(): Promise<void> {
    const changes = await this.#db.query<{ seq: number; entity: string; id: string; data: object; deleted: boolean }>(
      `SELECT p.seq, r.entity, r.id, r.data, r.deleted FROM projected p
       LEFT JOIN records r ON r.document = p.document AND r.seq > $2 WHERE p.document = $1`,
      [this.#id, this.#cursor],
    );
    for (const { seq, entity, id, data, deleted } of changes) {
      this.#cursor = seq;
      if (deleted) this.records.delete(`${entity} ${id}`);
      else if (entity !== null) this.records.set(`${entity} ${id}`, ordered(data));
    }
  }
}

async function recordsOf(db: Database, id: DocumentId): Promise<Records> {
  const rows = await db.query<{ entity: string; id: string; data: object }>(
    'SELECT entity, id, data FROM records WHERE document = $1 AND NOT deleted',
    [id],
  );
  return new Map(rows.map(({ entity, id, data }) => [`${entity} ${id}`, ordered(data)]));
}

function normal(records: Records): Records {
  return new Map([...records].map(([name, json]) => [name, ordered(JSON.parse(json) as object)]));
}

/** JSON in one way only: jsonb has an order of its own. */
function ordered(data: object): string {
  return JSON.stringify(Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
