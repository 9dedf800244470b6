import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../services/sync/sim/random.ts';
import type { Ground, GroundCommand } from './grounds/ground.ts';
import type { History, Write } from './history.ts';

/** An agent that waits longer asks again, elsewhere; the first request may still be under way. */
const TRY_MS = 2_000;
const RETRY_MS = 50;
const GIVE_UP_MS = 60_000;

export interface AgentDeps {
  label: string;
  /** Of gateways and of the balancer; each try goes to one of them. */
  urls: string[];
  /** The document's, without its kind. */
  id: string;
  ground: Ground;
  history: History;
  chance: Chance;
  /** Gives a text that is nowhere else. */
  marker: () => string;
  /** By which it is let in. */
  headers: Record<string, string>;
}

interface Command extends Omit<GroundCommand, 'effect'> {
  write: Write;
}

/** An agent that writes to a document over REST, each command under an Idempotency-Key, and sends it again when in doubt. */
export class Agent {
  readonly label: string;
  /** Commands that were sent more than once. */
  retried = 0;
  /** A command that never got through. */
  stuck: string | null = null;
  readonly #deps: AgentDeps;
  /** Own words in the document that are still there. */
  readonly #words: string[] = [];

  constructor(deps: AgentDeps) {
    this.#deps = deps;
    this.label = deps.label;
  }

  /** Makes the document. */
  async create(): Promise<void> {
    const { id, ground, marker } = this.#deps;
    const title = marker();
    const body = { kind: ground.kind, id, title };
    // The name of what agents name is a word.
    const isWord = ground.command({ id, chance: this.#deps.chance, adds: title, takeWord: () => undefined }).isCertain;
    const made = {
      effect: { adds: title },
      method: 'POST',
      path: '/documents',
      body,
      isWord,
      isCertain: true,
    } as const;
    await this.#carryOut(this.#command(made));
  }

  /** Sends one command after the other until told to stop; the last one is carried through. */
  async work(stopped: () => boolean): Promise<void> {
    const { chance } = this.#deps;
    while (!stopped() && !this.stuck) {
      await this.#carryOut(this.#next());
      if (chance.hits(0.2)) await this.#read();
      await pause(chance.between(5, 50));
    }
  }

  async #read(): Promise<void> {
    const { chance, urls, id, ground, history, headers } = this.#deps;
    const options = { headers, signal: AbortSignal.timeout(TRY_MS) };
    const answer = await fetch(`${chance.pick(urls)}/v1/documents/${ground.kind}:${id}`, options).then(
      (response) => response.text(),
      () => '',
    );
    history.note(answer);
  }

  #next(): Command {
    const { id, ground, chance, marker } = this.#deps;
    return this.#command(ground.command({ id, chance, adds: marker(), takeWord: () => this.#words.shift() }));
  }

  #command({ effect, ...command }: GroundCommand): Command {
    const { history, label: by } = this.#deps;
    return { ...command, write: history.add({ by, how: 'command', ...effect, revisions: new Set() }) };
  }

  async #carryOut(command: Command): Promise<void> {
    const { write, path } = command;
    const { chance } = this.#deps;
    const [asksAgain, letsItBe] = [chance.hits(0.2), chance.hits(0.1) && !command.isCertain];
    const deadline = performance.now() + GIVE_UP_MS;
    for (let tries = 1; ; tries++) {
      const status = await this.#send(command);
      if (write.outcome === 'kept') break;
      const inDoubt = status === 'lost' || status >= 500;
      if (inDoubt && letsItBe) return;
      if (!(inDoubt || status === 409) || performance.now() > deadline) {
        this.stuck = `the command ${write.adds} to ${path} is answered with ${status} in the end (${tries} tries)`;
        return;
      }
      if (tries === 1) this.retried += 1;
      await pause(RETRY_MS);
    }
    if (command.isWord) this.#words.push(write.adds!);
    if (asksAgain) await this.#send(command);
  }

  /** @returns the answer's status */
  async #send({ write, method, path, body }: Command): Promise<number | 'lost'> {
    const { chance, urls, headers } = this.#deps;
    try {
      const answer = await fetch(`${chance.pick(urls)}/v1${path}`, {
        method,
        headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': write.adds! },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TRY_MS),
      });
      await answer.arrayBuffer();
      if (answer.ok) {
        write.outcome = 'kept';
        write.revisions!.add(answer.headers.get('etag') ?? 'none');
      }
      return answer.status;
    } catch {
      return 'lost';
    }
  }
}
