import { setTimeout as pause } from 'node:timers/promises';
import type { Asked, Sending } from '@syncline/model/testing';
import { type ErrorCode, RETRYABLE } from '@syncline/protocol';
import type { Chance } from '../../services/sync/sim/random.ts';
import type { Command } from './mix.ts';

const ANSWER_WITHIN_MS = 15_000;
/** As long as somebody who must know sends a command again. */
const GIVE_UP_MS = 60_000;
/** A gateway that has waited so long sends the command again (its `rpcTryMs`), while the first copy may be on its way. */
const GATEWAY_COPIES_AFTER_MS = 3_000;

/** An agent who sends one command after the other, each until it is answered, through whichever gateway answers. */
export class Agent {
  readonly #name: string;
  readonly #gateways: readonly string[];
  readonly #chance: Chance;
  #count = 0;

  constructor(deps: { name: string; gateways: readonly string[]; chance: Chance }) {
    this.#name = deps.name;
    this.#gateways = deps.gateways;
    this.#chance = deps.chance;
  }

  /** @returns the command with all that came of it */
  async ask(command: Command): Promise<Asked> {
    const key = `${(this.#count += 1)}`;
    const actor = `agent:${this.#name}`;
    const asked: Asked = { id: `${actor} ${key}`, actor, verb: command.verb, sendings: [] };
    const first = this.#chance.int(this.#gateways.length);
    const copies = [this.#insist(command, key, asked.sendings, first)];
    // As one does who does not wait for an answer: the same command once more, at another door.
    if (this.#chance.hits(0.05)) copies.push(this.#insist(command, key, asked.sendings, first + 1));
    await Promise.all(copies);
    return asked;
  }

  async #insist(command: Command, key: string, sendings: Sending[], first: number): Promise<void> {
    const deadline = performance.now() + GIVE_UP_MS;
    for (let turn = first; performance.now() < deadline; turn++) {
      const sending = await this.#send(command, key, this.#gateways[turn % this.#gateways.length]!);
      sendings.push(sending);
      if (sending.reply) return;
      await pause(this.#chance.between(20, 200));
    }
  }

  async #send(command: Command, key: string, gateway: string): Promise<Sending> {
    const began = performance.now();
    const reply = await this.#request(command, key, gateway).catch(() => null);
    const now = performance.now();
    const copied = now - began >= GATEWAY_COPIES_AFTER_MS;
    return { began, ended: reply ? now : Infinity, reply, copied };
  }

  /** @returns null when the answer leaves open what became of the command */
  async #request({ method, path, body, ifMatch }: Command, key: string, gateway: string): Promise<Sending['reply']> {
    const response = await fetch(`${gateway}/v1${path}`, {
      method,
      headers: {
        'idempotency-key': key,
        'x-agent': this.#name,
        ...(body && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const json = (await response.json()) as Record<string, unknown>;
    if (response.ok) {
      const { revision, changed } = json as { revision: number; changed: string[] };
      return { ok: true, seq: revision, value: { changed } };
    }
    const { type: _, title: _title, status: _status, detail, code, ...extra } = json;
    if (RETRYABLE.has(code as ErrorCode) || response.status >= 500) return null;
    return { ok: false, error: { code: code as ErrorCode, detail: String(detail), extra } };
  }
}
