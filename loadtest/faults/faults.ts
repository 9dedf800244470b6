import { setTimeout as pause } from 'node:timers/promises';
import { createPostgres, createReader, type JournalReader } from '@syncline/journal';
import { type Cluster, type ClusterOptions, startCluster } from '../../k8s/local/cluster.ts';
import { type Chance, createChance } from '../../services/sync/sim/random.ts';
import type { Violation } from './judge.ts';
import { GROUNDS } from './grounds/index.ts';
import { markerOf } from './history.ts';
import { type Credentials, SharedDocument } from './shared-document.ts';
import { bringBack, createDraw, VICTIM_KINDS, type Victim, type VictimKind, victimsOf } from './victims.ts';

/** Documents at a time, and for how many rounds each: so that they do not grow without bound, yet are compacted. */
const DOCUMENTS = 3;
const ROUNDS_PER_DOCUMENT = 6;

/** For how long everybody works on without the victim: a busy machine may take long to start it. */
const WORK_ON_MS = 2_000;

/** What one round did and found. */
export interface Round {
  number: number;
  victim: Pick<Victim, 'kind' | 'name'>;
  /** From when work began until the victim was killed, and from then until it was back. */
  killedAfterMs: number;
  awayMs: number;
  /** From when the victim was back until everybody had the same. */
  convergeMs: number;
  /** What that waited for last. */
  waitedFor: string;
  /** Edits that were acknowledged and commands that were answered, as far as this round. */
  edits: number;
  commands: number;
  /** Commands that were sent more than once. */
  retried: number;
  violations: Violation[];
}

export interface FaultsOptions {
  seed: number;
  /** Whom to kill. Default: every kind. */
  kinds?: readonly VictimKind[];
  /** Names it to whoever reads of it; letters. Default: none. */
  installation?: string;
  cluster?: Omit<ClusterOptions, 'port'>;
  /** Makes what everybody is let in by. Default: the cluster is open. */
  credentials?: (cluster: Cluster) => Promise<Credentials>;
}

const OPEN: Credentials = { token: 'person:tester', headers: { 'x-agent': 'tester' } };

/**
 * A cluster, people and agents that work on it, and one process of it killed in each round. The seed settles who is
 * killed when and who does what; how processes interleave it cannot settle.
 */
export class Faults {
  readonly cluster: Cluster;
  readonly documents: SharedDocument[] = [];
  readonly installation: string;
  readonly #reader: JournalReader;
  readonly #closeReader: () => Promise<void>;
  readonly #chance: Chance;
  readonly #credentials: Credentials;
  readonly #draw: () => Victim;
  #rounds = 0;
  #markers = 0;
  #begun = 0;

  private constructor(cluster: Cluster, credentials: Credentials, options: FaultsOptions) {
    const { seed, kinds = VICTIM_KINDS, installation = '' } = options;
    this.cluster = cluster;
    this.installation = installation;
    this.#credentials = credentials;
    this.#chance = createChance(seed);
    this.#draw = createDraw(victimsOf(cluster, this.#chance.fork('failovers')), kinds, this.#chance.fork('victims'));
    const db = createPostgres({ url: cluster.databaseUrl, connections: DOCUMENTS, onError: () => {} });
    this.#reader = createReader(db);
    this.#closeReader = () => db.close();
  }

  static async start(options: FaultsOptions): Promise<Faults> {
    const cluster = await startCluster({ port: 0, ...options.cluster });
    return new Faults(cluster, (await options.credentials?.(cluster)) ?? OPEN, options);
  }

  async round(): Promise<Round> {
    const number = (this.#rounds += 1);
    this.#rotate(number);
    const chance = this.#chance.fork(`round ${number}`);
    const victim = this.#draw();
    const killedAfterMs = Math.round(chance.between(30, 400));
    const backAfterMs = chance.between(0, 300);
    const leaving = this.documents.filter(() => chance.hits(0.4));
    const before = this.#counts();
    const noticed = await this.#noticed();

    let stopAt = Infinity;
    const stopped = () => performance.now() > stopAt;
    const working = Promise.all(this.documents.map((document) => document.work(stopped)));
    await pause(killedAfterMs);
    const killedAt = performance.now();
    stopAt = killedAt + WORK_ON_MS;
    const killed = victim.kill();
    for (const document of leaving) document.leave();
    await killed;
    await pause(backAfterMs);
    const missing = await bringBack(victim)
      .then(() => null, String)
      .finally(() => (stopAt = 0));
    const backAt = performance.now();
    if (victim.kind === 'failover') for (const { history } of this.documents) history.failedOver();
    await working;
    const violations = missing ? [absent(victim, missing)] : await this.#ask((document) => document.settle());
    const convergeMs = Math.round(performance.now() - backAt);
    if (!missing) violations.push(...(await this.#ask((document) => document.judge())));
    if (victim.kind === 'failover' && (await this.#noticed()) === noticed)
      violations.push({
        kind: 'not settled',
        document: 'every document',
        what: 'no pod noticed that the journal went back',
      });
    const after = this.#counts();
    return {
      number,
      victim: { kind: victim.kind, name: victim.name },
      killedAfterMs,
      awayMs: Math.round(backAt - killedAt),
      convergeMs,
      waitedFor: this.#waitedFor(),
      edits: after.edits - before.edits,
      commands: after.commands - before.commands,
      retried: after.retried - before.retried,
      violations,
    };
  }

  async stop(): Promise<void> {
    for (const document of this.documents) document.leave();
    await this.#closeReader();
    await this.cluster.stop();
  }

  /** One document after the other makes room for a new one, of the kind whose turn it is. */
  #rotate(round: number): void {
    for (let n = 0; n < DOCUMENTS; n++) {
      if (this.documents[n] && (round + (n * ROUNDS_PER_DOCUMENT) / DOCUMENTS) % ROUNDS_PER_DOCUMENT !== 0) continue;
      this.documents[n]?.leave();
      const ground = GROUNDS[this.#begun % GROUNDS.length]!;
      const id = `${ground.kind}-${(this.#begun += 1)}`;
      this.documents[n] = new SharedDocument({
        cluster: this.cluster,
        reader: this.#reader,
        chance: this.#chance.fork(id),
        marker: (how) => markerOf(how, this.installation, (this.#markers += 1)),
        installation: this.installation,
        credentials: this.#credentials,
        id,
        ground,
      });
    }
  }

  async #ask(about: (document: SharedDocument) => Promise<Violation[]>): Promise<Violation[]> {
    return (await Promise.all(this.documents.map(about))).flat();
  }

  /** How many times pods have found that the journal went back, since they were last started. */
  async #noticed(): Promise<number> {
    const counts = this.cluster.pods.map(async ({ adminUrl }) => {
      const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
      return [...metrics.matchAll(/^syncline_journal_went_back_total\{.*\} (\d+)$/gm)].map(([, count]) =>
        Number(count),
      );
    });
    return (await Promise.all(counts)).flat().reduce((sum, count) => sum + count, 0);
  }

  #waitedFor(): string {
    const last = this.documents.reduce((a, b) => (a.waitedFor.until > b.waitedFor.until ? a : b));
    return `${last.id}: ${last.waitedFor.what}`;
  }

  #counts() {
    const sum = (count: (document: SharedDocument) => number) =>
      this.documents.reduce((total, document) => total + count(document), 0);
    return {
      edits: sum(({ history }) => history.kept('edit')),
      commands: sum(({ history }) => history.kept('command')),
      retried: sum(({ agent }) => agent.retried),
    };
  }
}

function absent({ name }: Victim, error: string): Violation {
  return {
    kind: 'not settled',
    document: 'every document',
    what: `${name} did not come back: ${error.split('\n', 1)[0]}`,
  };
}
