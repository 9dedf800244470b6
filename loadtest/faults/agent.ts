import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../services/sync/sim/random.ts';
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
  history: History;
  chance: Chance;
  /** Gives a text that is nowhere else. */
  marker: () => string;
  /** By which it is let in. */
  headers: Record<string, string>;
}

interface Command {
  write: Write;
  path: string;
  body: object;
}

/** An agent that writes to a plan over REST, each command under an Idempotency-Key, and sends it again when in doubt. */
export class Agent {
  readonly label: string;
  /** Commands that were sent more than once. */
  retried = 0;
  /** A command that never got through. */
  stuck: string | null = null;
  readonly #deps: AgentDeps;
  /** Own words in the text that are still there. */
  readonly #words: string[] = [];

  constructor(deps: AgentDeps) {
    this.#deps = deps;
    this.label = deps.label;
  }

  /** Makes the document. */
  async create(): Promise<void> {
    const { id, marker } = this.#deps;
    const title = marker();
    await this.#carryOut(this.#command({ adds: title }, '/v1/documents', { kind: 'plan', id, title }), false);
  }

  /** Sends one command after the other until told to stop; the last one is carried through. */
  async work(stopped: () => boolean): Promise<void> {
    const { chance } = this.#deps;
    while (!stopped() && !this.stuck) {
      await this.#carryOut(this.#next(), chance.hits(0.1));
      if (chance.hits(0.2)) await this.#read();
      await pause(chance.between(5, 50));
    }
  }

  async #read(): Promise<void> {
    const { chance, urls, id, history, headers } = this.#deps;
    const options = { headers, signal: AbortSignal.timeout(TRY_MS) };
    const answer = await fetch(`${chance.pick(urls)}/v1/documents/plan:${id}`, options).then(
      (response) => response.text(),
      () => '',
    );
    history.note(answer);
  }

  #next(): Command {
    const { id, chance, marker } = this.#deps;
    const adds = marker();
    const edits = `/v1/documents/plan:${id}/edits`;
    const kind = chance.next();
    if (kind < 0.4) return this.#command({ adds }, `/v1/plans/${id}/steps`, { title: adds });
    const removes = kind < 0.7 ? this.#words.shift() : undefined;
    if (removes === undefined) return this.#command({ adds }, edits, { edits: [{ op: 'append', markdown: adds }] });
    const edit = { op: 'replace_text', old_text: removes, new_text: adds };
    return this.#command({ adds, removes }, edits, { edits: [edit] });
  }

  #command(effect: Pick<Write, 'adds' | 'removes'>, path: string, body: object): Command {
    const { history, label: by } = this.#deps;
    return { write: history.add({ by, how: 'command', ...effect, revisions: new Set() }), path, body };
  }

  /** @param givesUp whether it lets it be when it is not told what became of it */
  async #carryOut(command: Command, givesUp: boolean): Promise<void> {
    const { write, path } = command;
    const asksAgain = this.#deps.chance.hits(0.2);
    const deadline = performance.now() + GIVE_UP_MS;
    for (let tries = 1; ; tries++) {
      const status = await this.#send(command);
      if (write.outcome === 'kept') break;
      const inDoubt = status === 'lost' || status >= 500;
      if (inDoubt && givesUp) return;
      if (!(inDoubt || status === 409) || performance.now() > deadline) {
        this.stuck = `the command ${write.adds} to ${path} is answered with ${status} in the end (${tries} tries)`;
        return;
      }
      if (tries === 1) this.retried += 1;
      await pause(RETRY_MS);
    }
    if (path.endsWith('/edits')) this.#words.push(write.adds!);
    if (asksAgain) await this.#send(command);
  }

  /** @returns the answer's status */
  async #send({ write, path, body }: Command): Promise<number | 'lost'> {
    const { chance, urls, headers } = this.#deps;
    try {
      const answer = await fetch(chance.pick(urls) + path, {
        method: 'POST',
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
