import { until } from '@syncline/runtime/testing';
import * as Y from 'yjs';
import { Agent } from './agent.ts';
import { Caller } from './caller.ts';
import { Editor } from './editor.ts';
import type { Stored } from './stored.ts';

const DOCUMENTS = 60;
const PER_DOCUMENT = 5;
const WRITE_EVERY_MS = 4_000;
const AGENTS = 3;
const COMMAND_EVERY_MS = 500;
const CALLERS = 2;
const PATIENCE_MS = 60_000;

/**
 * 300 people in 60 plans, agents that add steps to some of these, and agents that make every call there is. They know
 * what they were told is saved, and look for it. For tests.
 */
export class UpgradeLoad {
  readonly #url: string;
  readonly #groups: Editor[][] = Array.from({ length: DOCUMENTS }, () => []);
  /** In the order of their plans, again and again. */
  readonly #gone: Editor[] = [];
  readonly #agents: Agent[];
  readonly #callers: Caller[];
  #calling: Promise<void>[] = [];
  #stopped = false;

  /** @param url of the balancer */
  constructor(url: string) {
    this.#url = url;
    this.#agents = Array.from({ length: AGENTS }, (_, n) => new Agent(url, planId(n)));
    this.#callers = Array.from({ length: CALLERS }, (_, n) => new Caller(url, `life-${n}`));
  }

  /** @returns when all are at work */
  async start(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.create()));
    await this.#join(PER_DOCUMENT);
    for (const agent of this.#agents) agent.keepSending(COMMAND_EVERY_MS);
    this.#calling = this.#callers.map((caller) => caller.work(() => this.#stopped));
    await this.goOn();
  }

  /** Those who are there. */
  get people(): Editor[] {
    return this.#groups.flat();
  }

  /** How often callers got each answer. */
  get answers(): Record<string, number> {
    const all: Record<string, number> = {};
    for (const { answers } of this.#callers)
      for (const [answer, count] of Object.entries(answers)) all[answer] = (all[answer] ?? 0) + count;
    return all;
  }

  /** Answers that are not documented, and what was answered and is not so. */
  get wrong(): string[] {
    return [...this.#agents, ...this.#callers].flatMap(({ wrong }) => wrong);
  }

  /** Of each plan one goes and another comes. */
  async exchange(): Promise<void> {
    const going = this.#groups.map((group) => group.shift()!);
    for (const editor of going) editor.pause();
    await Promise.all(going.map((editor) => editor.acknowledged(PATIENCE_MS)));
    for (const editor of going) editor.leave();
    this.#gone.push(...going);
    await this.#join(1);
  }

  /** @returns when everybody is in and sees just those who are there, and agents have got on @throws what is wrong */
  async goOn(): Promise<void> {
    const answered = this.#agents.map((agent) => agent.answered);
    const lives = this.#callers.map((caller) => caller.lives);
    const state = () => ({
      in: this.people.every(({ provider }) => provider.isSynced),
      seen: this.#groups.every(seesItself),
      ghosts: this.#groups.some((group, n) => seesAny(group, this.#goneFrom(n))),
      commands: this.#agents.every((agent, n) => agent.answered > answered[n]!),
      calls: this.#callers.every((caller, n) => caller.lives > lives[n]!),
    });
    const wanted = JSON.stringify({ in: true, seen: true, ghosts: false, commands: true, calls: true });
    const good = () => JSON.stringify(state()) === wanted;
    await until(() => this.wrong.length > 0 || good(), PATIENCE_MS).catch((error: Error) => {
      throw new Error(`${JSON.stringify(state())} still after ${PATIENCE_MS} ms`, { cause: error });
    });
    if (this.wrong.length > 0) throw new Error(this.wrong.join('\n'));
  }

  /** Ends the work. @returns what somebody was told is saved, and is not there once and for all */
  async finish(stored: Stored): Promise<string[]> {
    this.#stopped = true;
    for (const editor of this.people) editor.pause();
    await Promise.all([...this.#calling, ...this.#agents.map((agent) => agent.finish())]);
    await Promise.all(this.people.map((editor) => editor.acknowledged(PATIENCE_MS)));
    const lost: string[] = [];
    for (const [n, group] of this.#groups.entries()) {
      await until(() => group.every(({ doc }) => equal(doc, group[0]!.doc)), PATIENCE_MS);
      const kept = (await stored.plan(planId(n))).doc.getMap('metadata');
      const written = [...group, ...this.#goneFrom(n)].flatMap((editor) => editor.written);
      lost.push(...written.filter((key) => !kept.has(key)));
    }
    for (const agent of this.#agents) {
      const effects = await agent.effects();
      if (effects.join() !== agent.sent.join()) lost.push(`of ${agent.sent.join()} there is ${effects.join()}`);
    }
    return lost;
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const editor of this.people) editor.leave();
    await Promise.all([...this.#calling, ...this.#agents.map((agent) => agent.stop())]);
  }

  async #join(perDocument: number): Promise<void> {
    const rounds = this.#gone.length / DOCUMENTS;
    const joining = this.#groups.flatMap((group, n) =>
      Array.from({ length: perDocument }, () => {
        const editor = new Editor(this.#url, `plan:${planId(n)}`, `${n}-${rounds + group.length}`);
        group.push(editor);
        return editor;
      }),
    );
    await until(() => joining.every(({ provider }) => provider.isSynced), PATIENCE_MS);
    for (const editor of joining) {
      editor.provider.setAwarenessField('user', { name: editor.label });
      // Not all at the same moment.
      editor.keepWriting((0.7 + 0.6 * Math.random()) * WRITE_EVERY_MS);
    }
  }

  #goneFrom(document: number): Editor[] {
    return this.#gone.filter((_, n) => n % DOCUMENTS === document);
  }
}

function planId(document: number): string {
  return `upgraded-${document}`;
}

function seesItself(group: Editor[]): boolean {
  return group.every((one) => group.every((other) => other === one || one.sees(other)));
}

function seesAny(group: Editor[], gone: Editor[]): boolean {
  return gone.some((editor) => group.some((other) => other.sees(editor)));
}

function equal(a: Y.Doc, b: Y.Doc): boolean {
  return Buffer.compare(Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b)) === 0;
}
