import { Client } from 'pg';
import { median } from '../statistics.ts';
import { Pair } from './pair.ts';
import { prose } from './prose.ts';
import { pause, within } from './wait.ts';
import { allSynced, finish, newName, type Task, type Workload } from './workload.ts';

const CHARACTERS = 1_000_000;
const BURSTS = 6;
const EDITS_PER_BURST = 8;
const EDIT_EVERY_MS = 250;
/** A stock pod stores two seconds after the last edit. */
const QUIET_MS = 3_000;
const QUIET_DEADLINE_MS = 30_000;
/** Twice as many as Syncline lets pile up before it makes a snapshot. */
const IN_A_ROW = 1_000;

/**
 * What a small edit of a large document writes to Postgres's log, idle background deducted: typed in bursts, as people
 * do, with pauses in which a stock pod stores; and many without a pause, in which Syncline makes its snapshots.
 */
export const journalBytes: Workload = async (task) => {
  const pair = new Pair(task.urls, newName(), task.flushDelayMs);
  const [author, other] = pair.clients;
  await allSynced([pair]);
  author.text.insert(0, prose(CHARACTERS));
  const arrived = await within(60_000, () => other.text.length === author.text.length && author.unacknowledged === 0);
  if (!arrived) return { numbers: {}, problems: ['the document did not get through'] };

  const wal = await WalMeter.open(task);
  try {
    const burst = async () => {
      for (let n = 0; n < EDITS_PER_BURST; n++) {
        pair.edit(n & 1 ? 1 : 0, 5);
        await pause(EDIT_EVERY_MS);
      }
      await wal.quiet();
    };
    // What came with the document, and whole pages that are logged at their first change.
    await burst();
    await wal.watchIdle();
    const bursts = task.quick ? 1 : BURSTS;
    const ofBursts: number[] = [];
    for (let n = 0; n < bursts; n++) ofBursts.push(await wal.bytesOf(burst));
    const inARow = task.quick ? 100 : IN_A_ROW;
    const walInARow = await wal.bytesOf(async () => {
      for (let n = 0; n < inARow; n++) {
        pair.edit(n & 1 ? 1 : 0, 5);
        await within(5_000, () => pair.unseen === 0, 1);
      }
      await wal.quiet();
    });
    return await finish(task, [pair], {
      // The middle one: what Postgres does by itself now and then is larger than a burst.
      walBytes: median(ofBursts) / EDITS_PER_BURST,
      walInARow: walInARow / inARow,
    });
  } finally {
    await wal.close();
  }
};

/** Reads how far Postgres's log has got. */
class WalMeter {
  readonly #client: Client;
  #idlePerMs = 0;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open({ databaseUrl }: Task): Promise<WalMeter> {
    if (!databaseUrl) throw new Error('this target keeps nothing in Postgres');
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    return new WalMeter(client);
  }

  /** Bytes that the work has written beyond those that an idle system writes in as long a time. */
  async bytesOf(work: () => Promise<void>): Promise<number> {
    const [from, began] = [await this.#position(), performance.now()];
    await work();
    return (await this.#position()) - from - this.#idlePerMs * (performance.now() - began);
  }

  async watchIdle(): Promise<void> {
    this.#idlePerMs = 0;
    const began = performance.now();
    const bytes = await this.bytesOf(() => pause(QUIET_MS));
    this.#idlePerMs = bytes / (performance.now() - began);
  }

  /** Resolves when hardly anything has been written for a while: what was due is stored, snapshots are made. */
  async quiet(): Promise<void> {
    const deadline = performance.now() + QUIET_DEADLINE_MS;
    let before = await this.#position();
    while (performance.now() < deadline) {
      await pause(QUIET_MS);
      const now = await this.#position();
      if (now - before < 4_096) return;
      before = now;
    }
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async #position(): Promise<number> {
    const { rows } = await this.#client.query("SELECT pg_current_wal_insert_lsn() - '0/0' AS position");
    return Number((rows[0] as { position: string }).position);
  }
}
