import { setTimeout as pause } from 'node:timers/promises';
import type { JournalReader } from '@syncline/journal';
import { documentName } from '@syncline/protocol';
import * as Y from 'yjs';
import type { Cluster } from '../../k8s/local/cluster.ts';
import type { Chance } from '../../services/sync/sim/random.ts';
import { Agent } from './agent.ts';
import type { Ground } from './grounds/ground.ts';
import { History } from './history.ts';
import { join } from './join.ts';
import { judge, type Violation } from './judge.ts';
import { Person } from './person.ts';
import { committed, difference, textOf } from './replicas.ts';

export interface SharedDocumentDeps {
  cluster: Cluster;
  reader: JournalReader;
  chance: Chance;
  /** Gives a text that is nowhere else, for an edit, a command or a person's name. */
  marker: (how: 'e' | 'c' | 'p') => string;
  /** Names the installation in markers. */
  installation: string;
  credentials: Credentials;
  id: string;
  ground: Ground;
}

/** By what people, and agents, are let in. */
export interface Credentials {
  token: string;
  headers: Record<string, string>;
}

/** Someone who holds the document, and whether they have heard of everything that they wait for. */
interface Replica {
  label: string;
  doc: Y.Doc;
  synced: boolean;
  unsaved: ReadonlySet<unknown>;
}

/** How long everybody may take to become equal once all is back. The promise is 15 s; a busy machine may take longer. */
const SETTLE_MS = 60_000;

/** A document that a person on each pod, a person behind the balancer and an agent work on, for some rounds. */
export class SharedDocument {
  readonly id: string;
  readonly history: History;
  readonly agent: Agent;
  /** What kept everybody from being equal last, and until when; for whoever wonders why it took so long. */
  waitedFor = { what: 'nothing', until: 0 };
  readonly #deps: SharedDocumentDeps;
  readonly #persons: Person[] = [];
  /** Half of the documents begin with a person's first edit, the others with an agent's command. */
  #begun: boolean;
  #joined = 0;

  constructor(deps: SharedDocumentDeps) {
    const { cluster, chance, marker, id, ground } = deps;
    this.#deps = deps;
    this.history = new History(deps.installation);
    this.id = id;
    this.#begun = chance.hits(0.5);
    this.agent = new Agent({
      label: 'the agent',
      urls: [...cluster.gateways.map(({ url }) => url), cluster.url],
      id,
      ground,
      history: this.history,
      chance: chance.fork('agent'),
      marker: () => marker('c'),
      headers: deps.credentials.headers,
    });
  }

  /** Everybody works until told to stop. Resolves when the agent knows what became of its last command. */
  async work(stopped: () => boolean): Promise<void> {
    if (!this.#begun) await this.agent.create();
    this.#begun = true;
    if (!this.#persons.length) this.#join();
    const agent = this.#onceThere(stopped).then(() => this.agent.work(stopped));
    await Promise.all([agent, ...this.#persons.map((person) => person.work(stopped))]);
    this.waitedFor = { what: "the agent's last command", until: performance.now() };
  }

  /** Everybody leaves at once, saved or not: what was acknowledged now rests on the cluster alone. */
  leave(): void {
    for (const person of this.#persons.splice(0)) person.leave();
  }

  /**
   * Waits until every person's edits are acknowledged, and everybody, and a newcomer to each pod, has what is committed.
   * @returns what speaks against it in the end
   */
  async settle(): Promise<Violation[]> {
    const newcomers = this.#deps.cluster.pods.map(({ url }, n) => this.#newcomer(url, n + 1));
    const deadline = performance.now() + SETTLE_MS;
    try {
      for (;;) {
        const open = await this.#unsettled([...this.#persons, ...newcomers]);
        if (!open.length) return [];
        this.waitedFor = { what: open.join(', '), until: performance.now() };
        if (performance.now() > deadline)
          return open.map((what) => ({
            kind: 'not settled',
            document: this.id,
            what: `${what} after ${SETTLE_MS} ms`,
          }));
        await pause(10);
      }
    } finally {
      for (const newcomer of newcomers) newcomer.leave();
    }
  }

  /** What everybody was told, against what is committed; and that nobody was shown what is another installation's. */
  async judge(): Promise<Violation[]> {
    const text = await this.committedText();
    for (const shown of [text, ...this.#persons.map(({ doc }) => this.#textOf(doc))]) this.history.note(shown);
    const foreign = [...this.history.shown.foreign].map((marker): Violation => {
      return { kind: 'foreign', document: this.id, what: `${marker} of another installation was seen here` };
    });
    return [...foreign, ...judge(this.id, this.history.writes, text)];
  }

  async committedText(): Promise<string> {
    return this.#textOf(await this.#committed());
  }

  async #unsettled(replicas: Replica[]): Promise<string[]> {
    const waiting = replicas.filter(({ synced, unsaved }) => !synced || unsaved.size);
    if (this.agent.stuck) return [this.agent.stuck];
    if (waiting.length)
      return waiting.map(({ label, synced, unsaved }) =>
        synced ? `${label} waits for ${unsaved.size} edits` : `${label} has not got the document yet`,
      );
    try {
      const wanted = await this.#committed();
      return replicas.flatMap(({ label, doc }) => {
        const found = difference(this.#deps.ground, wanted, doc);
        return found ? `${label} ${found}` : [];
      });
    } catch (error) {
      return [`what is committed cannot be read: ${String(error)}`];
    }
  }

  /** A command on a document of which nothing is saved is refused, and rightly. */
  async #onceThere(stopped: () => boolean): Promise<void> {
    while (!stopped() && !this.history.writes.some(({ outcome }) => outcome === 'kept')) await pause(10);
  }

  #committed(): Promise<Y.Doc> {
    return committed(this.#deps.reader, { kind: this.#deps.ground.kind, id: this.id });
  }

  #textOf(doc: Y.Doc): string {
    return textOf(this.#deps.ground, doc);
  }

  get #name(): string {
    return documentName({ kind: this.#deps.ground.kind, id: this.id });
  }

  #newcomer(url: string, pod: number): Replica & { leave(): void } {
    const doc = new Y.Doc();
    const joined = join({ url, name: this.#name, doc, token: this.#deps.credentials.token });
    return Object.assign(joined, { label: `a newcomer to pod ${pod}`, doc, unsaved: new Set() });
  }

  #join(): void {
    const { cluster, chance, marker, credentials } = this.#deps;
    for (const { url } of [...cluster.pods, cluster]) {
      this.#joined += 1;
      const label = `person ${this.#joined}`;
      this.#persons.push(
        new Person({
          label,
          url,
          name: this.#name,
          ground: this.#deps.ground,
          history: this.history,
          chance: chance.fork(label),
          marker: () => marker('e'),
          token: credentials.token,
          presence: marker('p'),
        }),
      );
    }
  }
}
