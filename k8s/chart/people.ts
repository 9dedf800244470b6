import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@syncline/runtime/testing';
import { Editor } from '../local/editor.ts';

const PEOPLE = 10;
const DOCUMENTS = ['plan:cluster-check-a', 'plan:cluster-check-b'] as const;
const WRITE_EVERY_MS = 200;
/** As many as somebody writes who soon goes. */
const WORDS = 3;
const ATTEMPT_EVERY_MS = 100;
const ATTEMPT_MS = 5_000;
/** Twice as long as a pod goes without reading what it may have missed. */
const MISSED_MS = 30_000;

/** Ten people with the stock provider who write all the time, and others who come, write, and go. */
export class People {
  readonly #url: string;
  readonly #key: string;
  readonly #staying: Editor[];
  /** What was acknowledged to whoever has gone: nobody can send it again. */
  readonly #left: { document: string; written: string[] }[] = [];

  /** @param url of a balancer @param key that lets them in */
  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
    this.#staying = Array.from({ length: PEOPLE }, (_, n) => this.#enter(`person-${n}`, n));
  }

  async write(): Promise<void> {
    await Promise.all(this.#staying.map((editor) => editor.synced(60_000)));
    for (const editor of this.#staying) editor.keepWriting(WRITE_EVERY_MS);
  }

  /** One after the other comes, writes, is told that it is saved, and goes, until `done` is. */
  async passBy(done: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    done.finally(() => over.abort()).catch(() => {});
    for (let n = 0; !over.signal.aborted; n++) {
      const editor = this.#enter(`passer-${this.#left.length}`, n);
      await editor.synced(60_000);
      for (let word = 0; word < WORDS; word++) editor.write();
      await editor.acknowledged();
      editor.leave();
      this.#left.push({ document: DOCUMENTS[n % DOCUMENTS.length]!, written: editor.written });
    }
    await done;
  }

  /**
   * Opens a new socket every tenth of a second until two seconds after `ready`, and another three.
   * @returns how long after `ready` the first one got in that was begun after it, and how many of the last three seconds' did not
   */
  async knock(ready: Promise<unknown>): Promise<{ firstMs: number; refusedLate: number; refused: number }> {
    const attempts: { began: number; in: Promise<number | null> }[] = [];
    let readyAt = Infinity;
    const watched = ready.then(() => (readyAt = performance.now()));
    watched.catch(() => (readyAt = -Infinity));
    for (; performance.now() < readyAt + 5_000; await pause(ATTEMPT_EVERY_MS))
      attempts.push({ began: performance.now(), in: this.#getIn() });
    await watched;
    const results = await Promise.all(attempts.map(async ({ began, in: at }) => ({ began, at: await at })));
    const after = results.filter(({ began }) => began >= readyAt);
    const first = Math.min(...after.map(({ at }) => at ?? Infinity));
    return {
      firstMs: Math.round(first - readyAt),
      refused: results.filter(({ at }) => at === null).length,
      refusedLate: after.filter(({ began, at }) => began >= readyAt + 2_000 && at === null).length,
    };
  }

  /** Nobody writes any more, and all is acknowledged. @returns how often sockets were closed, by code, and for how long */
  async rest(): Promise<string> {
    for (const editor of this.#staying) editor.pause();
    await Promise.all(this.#staying.map((editor) => editor.acknowledged()));
    const codes = this.#staying.flatMap(({ closed }) => closed.map(({ code }) => code));
    const counts = [...new Set(codes)].map((code) => `${codes.filter((one) => one === code).length} × ${code}`);
    const away = this.#staying.flatMap(({ closed, opened }) =>
      closed.map(({ at }) => (opened.find((open) => open > at) ?? performance.now()) - at),
    );
    const longest = (Math.max(0, ...away) / 1_000).toFixed(1);
    const words = DOCUMENTS.reduce((sum, document) => sum + this.#writtenIn(document).length, 0);
    return `${words} words, ${counts.length ? `closed ${counts.join(', ')}` : 'none closed'}, longest away ${longest} s`;
  }

  /**
   * Somebody comes anew, to a pod that may be another, and waits until all is there that was acknowledged when everybody
   * came to {@link rest}: what one pod has missed of another's it reads from the journal within some seconds.
   * @param url of the balancer, if it has changed @returns what is not there, and how long the longest wait was
   */
  async lost(url = this.#url): Promise<{ lost: string[]; waitedMs: number }> {
    const lost: string[] = [];
    let waitedMs = 0;
    for (const document of DOCUMENTS) {
      const reader = new Editor(url, document, 'reader', this.#key);
      await reader.synced(60_000);
      const [came, kept] = [performance.now(), reader.doc.getMap('metadata')];
      const missing = () => this.#writtenIn(document).filter((word) => !kept.has(word));
      await until(() => missing().length === 0, MISSED_MS).catch(() => lost.push(...missing()));
      waitedMs = Math.max(waitedMs, performance.now() - came);
      reader.leave();
    }
    return { lost, waitedMs: Math.round(waitedMs) };
  }

  leave(): void {
    for (const editor of this.#staying) editor.leave();
  }

  #writtenIn(document: string): string[] {
    const staying = this.#staying.filter((_, n) => DOCUMENTS[n % DOCUMENTS.length] === document);
    return [...staying, ...this.#left.filter((one) => one.document === document)].flatMap(({ written }) => written);
  }

  #enter(label: string, n: number): Editor {
    return new Editor(this.#url, DOCUMENTS[n % DOCUMENTS.length]!, label, this.#key);
  }

  /** One attempt of somebody new, who does not try again. @returns when it had the document, or null */
  async #getIn(): Promise<number | null> {
    const editor = this.#enter('newcomer', 0);
    try {
      await until(() => editor.provider.isSynced || editor.closed.length > 0, ATTEMPT_MS);
      return editor.provider.isSynced ? performance.now() : null;
    } catch {
      return null;
    } finally {
      editor.leave();
    }
  }
}
