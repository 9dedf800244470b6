import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ERRORS } from '@syncline/protocol';
import type { Chance } from '../../services/sync/sim/random.ts';
import { frames, presenceFrame } from '../../services/sync/sim/wire.ts';
import { hostileFrame } from './frames.ts';
import type { Tally } from './tally.ts';

/** What a pod may close a socket with; `ws` itself answers 1009 to a frame of more than twice the limit. */
const DOCUMENTED = new Set<number>([1000, 1009, ...Object.values(ERRORS).map(({ closeCode }) => closeCode)]);
/** Of these, what would be a bug in this place: nothing breaks here, and the database is there. */
const WRONG = new Set<number>([ERRORS.internal.closeCode, ERRORS.unreadable.closeCode, ERRORS.unavailable.closeCode]);
const DEADLINE_MS = 60_000;

/** Sends hostile frames, one after the other, on as many sockets as that takes. */
export async function fuzzSockets(options: {
  urls: string[];
  inputs: number;
  chance: Chance;
  tally: Tally;
  /** Names a document of its own. */
  label: string;
  /** The document in which people work; some of it is aimed there. */
  target: string;
}): Promise<void> {
  const { urls, inputs, chance, tally, label, target } = options;
  let client: Hostile | null = null;
  for (let n = 0; n < inputs; n++) {
    if (!client?.open) {
      const name = chance.hits(0.2) ? target : `plan:${label}`;
      client = await Hostile.connect(chance.pick(urls), name, chance);
    }
    const input = hostileFrame(client.name, chance);
    const outcome = await client.send(input.data);
    const code = Number(outcome);
    const right = Number.isNaN(code) ? outcome === 'taken' : DOCUMENTED.has(code) && !WRONG.has(code);
    tally.add(input.kind, outcome, right ? undefined : describe(input.data));
  }
  client?.leave();
}

class Hostile {
  readonly name: string;
  readonly #ws: WebSocket;
  readonly #id: number;
  #probes = 0;
  #onOutcome: (outcome: string) => void = () => {};

  private constructor(ws: WebSocket, name: string, id: number) {
    this.#ws = ws;
    this.name = name;
    this.#id = id;
    ws.on('close', (code) => this.#onOutcome(String(code)));
    ws.on('message', (data) => {
      if ((data as Buffer).includes(this.#word())) this.#onOutcome('taken');
    });
  }

  static async connect(url: string, name: string, chance: Chance): Promise<Hostile> {
    const ws = new WebSocket(`${url}/sync/${name}`);
    ws.on('error', () => {});
    await once(ws, 'open');
    ws.send(frames.auth(name, 'person:fuzz'));
    const client = new Hostile(ws, name, 1 + chance.int(0xffff_fffe));
    const outcome = await client.send(null);
    if (outcome !== 'taken') throw new Error(`a well-behaved client was closed with ${outcome}`);
    return client;
  }

  get open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** @returns `taken` when the client is served afterwards, else the code it was closed with */
  send(data: Uint8Array | string | null): Promise<string> {
    this.#probes += 1;
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#onOutcome('no answer'), DEADLINE_MS);
      this.#onOutcome = (outcome) => {
        clearTimeout(deadline);
        resolve(outcome);
      };
      if (data !== null) this.#ws.send(data);
      this.#ws.send(
        presenceFrame(this.name, [
          { client: this.#id, clock: this.#probes, state: JSON.stringify({ user: { name: this.#word() } }) },
        ]),
      );
    });
  }

  leave(): void {
    this.#ws.close();
  }

  /** What comes back once the pod is done with everything before it. */
  #word(): string {
    return `${this.#id} asks ${this.#probes}.`;
  }
}

function describe(data: Uint8Array | string): string {
  return typeof data === 'string' ? data : Buffer.from(data.subarray(0, 200)).toString('hex');
}
