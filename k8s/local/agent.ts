import { setTimeout as pause } from 'node:timers/promises';
import { type ErrorCode, RETRYABLE } from '@syncline/protocol';

/** An agent that adds a step now and then, and sends each again until it is answered. */
export class Agent {
  readonly #url: string;
  readonly #plan: string;
  readonly #under = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly sent: string[] = [];
  answered = 0;
  /** Answers that said to send it again, in the form that agents know. */
  refused = 0;
  /** Answers that were neither an effect nor such a refusal. */
  readonly wrong: string[] = [];

  /** @param url where gateways answer @param plan the id of the plan that it makes */
  constructor(url: string, plan: string) {
    this.#url = url;
    this.#plan = plan;
  }

  /** Makes the plan. */
  create(): Promise<void> {
    return this.#untilAnswered('/v1/documents', { kind: 'plan', id: this.#plan, title: 'Plan' }, 'create');
  }

  keepSending(everyMs: number): void {
    this.#timer = setInterval(() => {
      const title = `step-${this.sent.length}`;
      this.sent.push(title);
      const sending = this.#untilAnswered(`/v1/plans/${this.#plan}/steps`, { title }, title);
      this.#under.add(sending);
      void sending.finally(() => this.#under.delete(sending));
    }, everyMs);
  }

  /** Resolves when all that was sent is answered. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#under);
  }

  /** Gives up what is not answered. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.finish();
  }

  /** What the steps say, in the order in which they were sent. */
  async effects(): Promise<string[]> {
    const answer = await fetch(`${this.#url}/v1/documents/plan:${this.#plan}`);
    const { steps } = (await answer.json()) as { steps: { title: string }[] };
    return steps.map(({ title }) => title).toSorted((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  }

  async #untilAnswered(path: string, body: object, key: string): Promise<void> {
    while (!this.#stopped) {
      const answer = await this.#post(path, body, key);
      if (answer.status === 201) {
        this.answered += 1;
        return;
      }
      const text = await answer.text();
      if (!mayBeSentAgain(answer, text)) {
        this.wrong.push(`${answer.status} ${text}`);
        return;
      }
      this.refused += 1;
      await pause(1_000 * retryAfter(answer));
    }
  }

  #post(path: string, body: object, key: string): Promise<Response> {
    return fetch(this.#url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${this.#plan}-${key}`, 'x-agent': 'tester' },
      body: JSON.stringify(body),
    });
  }
}

/** Whether an answer is one of those that docs/rest.md says to send again after. */
export function mayBeSentAgain(answer: Response, text: string): boolean {
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json') || !(retryAfter(answer) > 0))
    return false;
  return RETRYABLE.has((JSON.parse(text) as { code: ErrorCode }).code);
}

/** In seconds. */
export function retryAfter(answer: Response): number {
  return Number(answer.headers.get('retry-after'));
}
