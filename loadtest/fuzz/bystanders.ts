import { setTimeout as pause } from 'node:timers/promises';
import { HocuspocusProvider } from '@hocuspocus/provider';
import { until } from '@syncline/runtime/testing';
import * as Y from 'yjs';
import type { Tally } from './tally.ts';

const PATIENCE_MS = 60_000;
const AGENT = { 'x-agent': 'bystander' };

interface Options {
  /** Of the document. */
  name: string;
  pods: string[];
  gateways: string[];
  tally: Tally;
}

interface Person {
  doc: Y.Doc;
  provider: HocuspocusProvider;
}

/** Two people in one document, on two pods, and an agent who reads and writes in it: nothing may touch them. */
export class Bystanders {
  readonly #people: Person[];
  readonly #options: Options;
  readonly #running: Promise<void>[];
  #ending = false;
  written = 0;
  commands = 0;
  /** How often the agent was told to wait. */
  askedAgain = 0;
  slowestAckMs = 0;

  private constructor(options: Options, people: Person[]) {
    this.#options = options;
    this.#people = people;
    this.#running = [...people.map((_, n) => this.#type(n)), this.#act()];
  }

  static async begin(options: Options): Promise<Bystanders> {
    const people = options.pods.map((pod, n) => {
      const doc = new Y.Doc();
      const url = `${pod.replace('http', 'ws')}/sync/${options.name}`;
      const token = `person:bystander-${n}`;
      const provider = new HocuspocusProvider({ url, name: options.name, document: doc, token });
      provider.on('close', ({ event }: { event: CloseEvent }) =>
        options.tally.violate(`a bystander was closed with ${event.code}`),
      );
      return { doc, provider };
    });
    await until(() => people.every(({ provider }) => provider.isSynced), PATIENCE_MS);
    return new Bystanders(options, people);
  }

  /** Stops writing; what was written must be everywhere. */
  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#running);
    const { tally } = this.#options;
    const [one, two] = this.#people.map(({ doc }) => doc);
    const equal = () => Buffer.compare(Y.encodeStateAsUpdate(one!), Y.encodeStateAsUpdate(two!)) === 0;
    await until(equal, PATIENCE_MS).catch(() =>
      tally.violate(`the bystanders’ documents differ in the end: ${differenceOf(one!, two!)}`),
    );
    for (const { provider } of this.#people) provider.destroy();
  }

  /** Each edit is acknowledged, and seen by the other, before the next. */
  async #type(n: number): Promise<void> {
    const { tally } = this.#options;
    const { doc, provider } = this.#people[n]!;
    const other = this.#people[1 - n]!.doc;
    for (let at = 0; !this.#ending; at++) {
      const began = performance.now();
      doc.getMap('bystanders').set(`${n}`, at);
      await until(() => !provider.hasUnsyncedChanges, PATIENCE_MS).catch(() =>
        tally.violate(`an edit of ${n} was not acknowledged`),
      );
      this.slowestAckMs = Math.max(this.slowestAckMs, performance.now() - began);
      await until(() => other.getMap('bystanders').get(`${n}`) === at, PATIENCE_MS).catch(() =>
        tally.violate(`an edit of ${n} was not seen`),
      );
      this.written += 1;
      await pause(50);
    }
  }

  async #act(): Promise<void> {
    const { gateways, tally } = this.#options;
    for (let at = 0; !this.#ending; at++) {
      await pause(200);
      const gateway = gateways[at % gateways.length]!;
      await this.#writeAndRead(gateway, `${at}`).catch((error: Error) =>
        tally.violate(`the agent got no answer from ${gateway}: ${String(error.cause ?? error)}`),
      );
    }
  }

  async #writeAndRead(gateway: string, owner: string): Promise<void> {
    const { name, tally } = this.#options;
    const id = name.slice('plan:'.length);
    const body = JSON.stringify({ owner });
    const write = await this.#ask(`${gateway}/v1/plans/${id}`, {
      method: 'PATCH',
      headers: { ...AGENT, 'content-type': 'application/json', 'idempotency-key': `bystander-${owner}` },
      body,
    });
    const answer = await write.text();
    if (!write.ok) return tally.violate(`the agent’s write was answered ${write.status}: ${answer}`);
    const { revision } = JSON.parse(answer) as { revision: number };
    const read = await this.#ask(`${gateway}/v1/documents/${name}?at_least=${revision}`, { headers: AGENT });
    const plan = (await read.json()) as { owner?: string; code?: string };
    if (plan.owner !== owner)
      tally.violate(`the agent read owner ${plan.owner} (${read.status} ${plan.code}) after it wrote ${owner}`);
    this.commands += 1;
  }

  /** Asks again for as long as it is told to. */
  async #ask(url: string, request: RequestInit): Promise<Response> {
    for (const deadline = performance.now() + PATIENCE_MS; ; this.askedAgain += 1) {
      const response = await fetch(url, request);
      const seconds = response.headers.get('retry-after');
      if (seconds === null || performance.now() > deadline) return response;
      await pause(Number(seconds) * 1_000);
    }
  }
}

/** What to look at first. */
function differenceOf(one: Y.Doc, two: Y.Doc): string {
  const parts = [one, two].map((doc) => {
    const { structs, ds } = Y.decodeUpdate(Y.encodeStateAsUpdate(doc));
    return {
      vector: JSON.stringify([...Y.decodeStateVector(Y.encodeStateVector(doc))].toSorted()),
      deleted: JSON.stringify([...ds.clients].toSorted()),
      waits: `${doc.store.pendingStructs !== null} ${doc.store.pendingDs !== null}`,
      structs: `${structs.length}`,
    };
  });
  const keys = ['vector', 'deleted', 'waits', 'structs'] as const;
  return keys
    .filter((key) => parts[0]![key] !== parts[1]![key])
    .map((key) => `${key} ${parts[0]![key].slice(0, 200)} / ${parts[1]![key].slice(0, 200)}`)
    .join('; ');
}
