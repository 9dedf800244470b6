import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type ErrorCode, RETRYABLE } from '@syncline/protocol';
import { mayBeSentAgain, retryAfter } from './agent.ts';

/** Between two calls, so that they leave something of two cores to the people. */
const REST_MS = 20;
/** Who is told to come again that often is not served. */
const TRIES = 15;

interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

/**
 * An agent that takes one plan after the other through its life, by each call that there is for a document, over REST
 * and MCP, and notes what it is answered. Where docs/rest.md says to send a call again, it does. For tests.
 */
export class Caller {
  readonly #url: string;
  readonly #label: string;
  /** Plans that have been all the way. */
  lives = 0;
  /** How often each answer came, by method, status and code. */
  readonly answers: Record<string, number> = {};
  /** Answers that no document speaks of, and plans that are not what the answers said. */
  readonly wrong: string[] = [];

  /** @param url where gateways answer @param label the beginning of its plans' ids */
  constructor(url: string, label: string) {
    this.#url = url;
    this.#label = label;
  }

  /** Goes on until told to stop; the last plan is taken to its end. */
  async work(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      await this.#live(`${this.#label}-${this.lives + this.wrong.length}`).then(
        () => (this.lives += 1),
        (error: Error) => this.wrong.push(error.message),
      );
    }
  }

  async #live(id: string): Promise<void> {
    const [document, plan] = [`/v1/documents/plan:${id}`, `/v1/plans/${id}`];
    const first = { kind: 'plan', id, title: 'A plan', steps: [{ title: 'first' }], markdown: 'We meet on Friday.' };
    await this.#ask({ method: 'POST', path: '/v1/documents', body: first });
    const { steps } = await this.#read(document);
    await this.#ask({ method: 'PATCH', path: plan, body: { status: 'in_review', owner: 'Ann' } });
    await this.#ask({ method: 'PATCH', path: `${plan}/steps/${steps[0]!.id}`, body: { done: true, note: 'a note' } });
    await this.#ask({ method: 'POST', path: `${plan}/steps`, body: { title: 'second' } });
    const edits = [{ op: 'replace_text', old_text: 'Friday', new_text: 'Monday' }];
    await this.#ask({ method: 'POST', path: `${document}/edits`, body: { edits } });
    const commands = [
      { command: 'plan.update', changes: [{ op: 'add_step', title: 'third' }] },
      { command: 'document.edit', edits: [{ op: 'append', markdown: 'That is all.' }] },
    ];
    await this.#ask({ method: 'POST', path: `${document}/commands`, body: { commands } });
    const second = (await this.#read(document)).steps.find(({ title }) => title === 'second');
    await this.#ask({ method: 'DELETE', path: `${plan}/steps/${second?.id}` });
    await this.#ask({ method: 'PATCH', path: document, body: { title: 'Another title' } });
    await this.#tool('update_plan', { document: `plan:${id}`, changes: [{ op: 'add_step', title: 'by MCP' }] });
    await this.#tool('search', { text: 'another' });
    await this.#ask({ method: 'GET', path: '/v1/documents?text=another&limit=5' });
    await this.#ask({ method: 'GET', path: `${document}?format=yjs` });
    await this.#ask({ method: 'DELETE', path: document });
    await this.#ask({ method: 'POST', path: `${document}/undelete` });
    await this.#expectWhole(id, document);
  }

  /** Nothing of what was answered may be missing, nor be there twice, in any of the forms in which it can be read. */
  async #expectWhole(id: string, document: string): Promise<void> {
    const { title, status, steps } = await this.#read(document);
    const seen = [title, status, ...steps.map((step) => `${step.title} ${step.done}`)].join(', ');
    if (seen !== 'Another title, in_review, first true, third false, by MCP false') throw new Error(`${id} is ${seen}`);
    const markdown = (await this.#ask({ method: 'GET', path: `${document}?format=markdown` })).text;
    const toModel = await this.#tool('read_document', { document: `plan:${id}` });
    for (const text of [markdown, toModel])
      for (const words of ['We meet on Monday.', 'That is all.'])
        if (text.split(words).length !== 2) throw new Error(`${id} says ${text}`);
  }

  async #read(path: string): Promise<{ title: string; status: string; steps: Step[] }> {
    const { text, etag } = await this.#ask({ method: 'GET', path });
    // What fetch itself adds to a condition asks for all of it anew.
    const headers = { 'if-none-match': etag ?? '', 'cache-control': 'max-age=0' };
    await this.#ask({ method: 'GET', path, headers });
    return JSON.parse(text) as { title: string; status: string; steps: Step[] };
  }

  async #ask(call: Call): Promise<{ text: string; etag: string | null }> {
    const key = randomUUID();
    return this.#untilDone(call.method, async () => {
      const answer = await this.#send(call, { 'idempotency-key': key });
      const text = await answer.text();
      if (answer.ok || answer.status === 304) return { answer, done: { text, etag: answer.headers.get('etag') } };
      const code = mayBeSentAgain(answer, text) ? (JSON.parse(text) as { code: string }).code : undefined;
      return { answer, code, said: `${call.method} ${call.path}: ${answer.status} ${text}` };
    });
  }

  async #tool(name: string, args: object): Promise<string> {
    const params = { name, arguments: name === 'update_plan' ? { ...args, op_id: randomUUID() } : args };
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    return this.#untilDone('MCP', async () => {
      const answer = await this.#send({ method: 'POST', path: '/mcp', body }, {});
      const text = await answer.text();
      const said = `MCP ${name}: ${answer.status} ${text}`;
      // The endpoint itself refuses as REST does.
      if (!answer.ok) return { answer, said, code: mayBeSentAgain(answer, text) ? 'refused' : undefined };
      const { result } = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text) as { result?: ToolResult };
      const words = result?.content[0]?.text ?? '';
      if (result && !result.isError) return { answer, done: words };
      const code = /^\w+/.exec(words)?.[0];
      return { answer, said, code: RETRYABLE.has(code as ErrorCode) ? code : undefined };
    });
  }

  /** @param send returns what was wanted, or why not: with a code where it may be sent again */
  async #untilDone<T>(method: string, send: () => Promise<Outcome<T>>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const outcome = await send();
      const { answer, code = '' } = outcome;
      const name = `${method} ${answer.status} ${code}`.trimEnd();
      this.answers[name] = (this.answers[name] ?? 0) + 1;
      if (outcome.done !== undefined) return outcome.done;
      if (code === '' || tries === TRIES) throw new Error(`${outcome.said} (asked ${tries} times)`);
      await pause(1_000 * (retryAfter(answer) || 1));
    }
  }

  async #send({ method, path, body, headers }: Call, more: Record<string, string>): Promise<Response> {
    await pause(REST_MS);
    return fetch(this.#url + path, {
      method,
      headers: {
        'x-agent': this.#label,
        ...(path === '/mcp' && { accept: 'application/json, text/event-stream' }),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
        ...more,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

interface Step {
  id: string;
  title: string;
  done: boolean;
}

interface ToolResult {
  isError?: boolean;
  content: { text: string }[];
}

interface Outcome<T> {
  answer: Response;
  done?: T;
  said?: string;
  code?: string | undefined;
}
