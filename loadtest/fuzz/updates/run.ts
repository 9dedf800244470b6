import { migrate } from '@syncline/journal';
import { pgliteTestDatabase } from '@syncline/journal/testing';
import { KIND_MODELS } from '@syncline/model';
import { ERRORS } from '@syncline/protocol';
import * as Y from 'yjs';
import { type Chance, createChance } from '../../../services/sync/sim/random.ts';
import { newPlan, startTestPod, type TestPod } from '../../../services/sync/src/testing.ts';
import { Ledger } from './ledger.ts';
import { type Sent, Updates } from './updates.ts';
import { CARRIERS, type Door, enter, WRONG_CARRIERS } from './wire.ts';

/** Updates that one document gets before the next begins. */
const PER_DOCUMENT = 200;
const SEED = KIND_MODELS.plan.seed;

export interface Result {
  /** What became of the updates, by their kind. */
  tally: Map<string, { acknowledged: number; refused: number }>;
  /** What must not be. */
  violations: string[];
}

/**
 * Sends updates, right ones and wrong ones, into a pod over a database, each only after the last one's answer, and
 * compares what was acknowledged with what the database has.
 */
export async function run({ updates, seed }: { updates: number; seed: number }): Promise<Result> {
  const database = await pgliteTestDatabase();
  await migrate(database.db);
  const pod = await startTestPod(database.db, { maxFramesPerSecond: 1_000_000 });
  const result: Result = { tally: new Map(), violations: [] };
  try {
    for (let sent = 0; sent < updates; sent += PER_DOCUMENT) {
      const document = new DocumentRun(pod, createChance(seed + sent), result);
      await document.run(Math.min(PER_DOCUMENT, updates - sent));
      const rows = await database.db.query<{ update: Uint8Array }>(
        'SELECT update FROM journal WHERE document = $1 ORDER BY seq',
        [document.id],
      );
      document.check(rows.map(({ update }) => update));
    }
  } finally {
    await pod.stop();
    await database.drop();
  }
  return result;
}

/** What comes to one document. */
class DocumentRun {
  readonly #plan = newPlan();
  readonly #pod: TestPod;
  readonly #chance: Chance;
  readonly #made: Updates;
  readonly #result: Result;
  readonly #ledger: Ledger;
  readonly #taken: Sent[] = [];
  #door: Door;
  /** The document as it was when last something was taken. */
  #state: Uint8Array | null = null;

  constructor(pod: TestPod, chance: Chance, result: Result) {
    this.#pod = pod;
    this.#chance = chance;
    this.#result = result;
    this.#made = new Updates(chance, SEED);
    this.#ledger = new Ledger(SEED, (what) => this.#violation(what));
    this.#door = enter(pod.pod, this.#plan.name);
  }

  get id(): string {
    return this.#plan.id;
  }

  async run(updates: number): Promise<void> {
    await this.#send({ kind: 'nothing', bytes: Uint8Array.of(0, 0), fate: 'known' });
    for (let n = 1; n < updates; n++) {
      // What was taken comes again, from clients that cannot know that it arrived; more and more often.
      const again = this.#taken.length > 0 && this.#chance.hits((0.5 * n) / updates);
      await this.#send(again ? this.#again() : this.#made.next());
    }
    this.#door.leave();
  }

  /** @param rows what the database has */
  check(rows: Uint8Array[]): void {
    if (Buffer.compare(this.#encode(), this.#ledger.check(rows)))
      this.#violation('the document is not what its rows say');
  }

  #again(): Sent {
    const { kind, bytes } = this.#chance.pick(this.#taken);
    return { kind: `again: ${kind}`, bytes, fate: 'known' };
  }

  async #send(sent: Sent): Promise<void> {
    const { kind, bytes, fate } = sent;
    const before = { rows: this.#room?.applied ?? 0, state: this.#encoded() };
    const carry = this.#chance.pick(fate === 'misframed' ? WRONG_CARRIERS : CARRIERS);
    const answer = await this.#door.send(carry(this.#plan.name, bytes));
    const rows = { before: before.rows, after: this.#room!.applied };
    const taken = 'acknowledged' in answer;
    const count = this.#result.tally.get(kind) ?? { acknowledged: 0, refused: 0 };
    count[taken ? 'acknowledged' : 'refused'] += 1;
    this.#result.tally.set(kind, count);
    if (taken) this.#wasTaken(sent, rows, answer.acknowledged);
    else {
      if (fate === 'taken' || fate === 'known') this.#violation(`“${kind}” was refused: ${answer.reason}`, bytes);
      if (answer.closed !== ERRORS.invalid_request.closeCode)
        this.#violation(`“${kind}” closed with ${answer.closed}`, bytes);
      if (rows.after !== rows.before) this.#violation(`“${kind}” was refused and stored`, bytes);
      if (Buffer.compare(before.state, this.#encode())) this.#violation(`“${kind}” was refused and applied`, bytes);
      this.#door = enter(this.#pod.pod, this.#plan.name);
    }
  }

  #wasTaken({ kind, bytes, fate }: Sent, rows: { before: number; after: number }, ok: boolean): void {
    if (!ok) this.#violation(`“${kind}” was answered with no`, bytes);
    if (fate === 'refused' || fate === 'misframed') this.#violation(`“${kind}” was acknowledged`, bytes);
    if (fate === 'known' && rows.after !== rows.before) this.#violation(`“${kind}” made a row`, bytes);
    this.#ledger.acknowledged({ kind, bytes, rows: rows.after, added: rows.after > rows.before });
    if (fate !== 'known') this.#taken.push({ kind, bytes, fate });
    if (rows.after !== rows.before) this.#state = null;
  }

  get #room() {
    for (const room of this.#pod.pod.loaded) if (room.id === this.#plan.id) return room;
    return null;
  }

  #encoded(): Uint8Array {
    return (this.#state ??= this.#encode());
  }

  #encode(): Uint8Array {
    return this.#room ? Y.encodeStateAsUpdate(this.#room.document) : SEED;
  }

  #violation(what: string, bytes?: Uint8Array): void {
    const which = bytes && bytes.length < 500 ? ` (${Buffer.from(bytes).toString('hex')})` : '';
    this.#result.violations.push(`${this.#plan.name}: ${what}${which}`);
  }
}
