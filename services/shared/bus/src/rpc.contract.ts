import { afterEach, describe, expect, it } from 'vitest';
import { MessageTooLarge, NoResponders, RequestTimeout, type Rpc, RpcUnavailable } from './rpc.ts';

/** A bus on which several processes meet, and which can be taken away. */
export interface RpcWorld {
  /** One process's end of it. */
  connect(options: { onHandlerError: (error: unknown) => void; maxBytes: number }): Rpc;
  /** Resolves when what `rpc` has served so far can be reached by the others. */
  settle(rpc: Rpc): Promise<void>;
  interrupt(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

const MB = 1024 * 1024;
const QUICK = { timeoutMs: 150 };
const LONG = { timeoutMs: 20_000 };

/** What SPEC.md promises of request and reply, for any bus. */
export function rpcContract(name: string, open: () => Promise<RpcWorld>): void {
  describe(`rpc over ${name}`, () => {
    const opened: { world: RpcWorld; ends: Rpc[] }[] = [];
    afterEach(async () => {
      for (const { world, ends } of opened.splice(0)) {
        await Promise.all(ends.map((end) => end.close()));
        await world.close();
      }
    });

    /** A bus with one end that asks and two that serve. */
    const start = async ({ maxBytes = 4 * MB, away = false } = {}) => {
      const world = await open();
      if (away) await world.interrupt();
      const errors: unknown[] = [];
      const ends = Array.from({ length: 3 }, () =>
        world.connect({ onHandlerError: (error) => errors.push(error), maxBytes }),
      );
      opened.push({ world, ends });
      if (!away) await until(() => ends.every((end) => end.available));
      const [gateway, a, b] = ends as [Rpc, Rpc, Rpc];
      return { world, gateway, a, b, errors };
    };

    it('[B1] each request reaches exactly one handler of the subject', async () => {
      const { world, gateway, a, b } = await start();
      const seen: Record<string, string[]> = { a: [], b: [] };
      for (const [name, end] of [['a', a] as const, ['b', b] as const])
        end.serve('subject', async (data) => {
          seen[name]!.push(text(data));
          return bytes(`${name}:${text(data)}`);
        });
      b.serve('other', async () => bytes('wrong'));
      await Promise.all([world.settle(a), world.settle(b)]);
      const replies = await Promise.all(
        Array.from({ length: 200 }, (_, n) => gateway.request('subject', bytes(`${n}`), LONG)),
      );
      replies.forEach((reply, n) => expect(text(reply)).toMatch(new RegExp(`^[ab]:${n}$`)));
      expect([...seen['a']!, ...seen['b']!].toSorted()).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`).sort());
    });

    it('[B1] a process may ask itself', async () => {
      const { a } = await start();
      a.serve('subject', async (data) => data);
      expect(text(await a.request('subject', bytes('me'), LONG))).toBe('me');
    });

    it('[B2] says at once that nobody serves', async () => {
      const { gateway } = await start();
      const began = performance.now();
      await expect(gateway.request('nobody', bytes('x'), LONG)).rejects.toBeInstanceOf(NoResponders);
      expect(performance.now() - began).toBeLessThan(1_000);
    });

    it('[B3] a handler that is slow, throws or never answers ends in a time-out', async () => {
      const { world, gateway, a, errors } = await start();
      const late = Promise.withResolvers<Uint8Array>();
      a.serve('slow', () => late.promise);
      a.serve('throws', async () => {
        throw new Error('a bug');
      });
      a.serve('throws.at.once', () => {
        throw new Error('a worse bug');
      });
      await world.settle(a);
      const subjects = ['slow', 'throws', 'throws.at.once'];
      await Promise.all(
        subjects.map((subject) =>
          expect(gateway.request(subject, bytes('x'), QUICK)).rejects.toBeInstanceOf(RequestTimeout),
        ),
      );
      await until(() => errors.length === 2);
      expect(errors.map(String).toSorted()).toEqual(['Error: a bug', 'Error: a worse bug']);
      late.resolve(bytes('too late'));
      await world.settle(a);
    });

    it('[B4] a reply under way survives stop, and what comes after it finds nobody at once', async () => {
      const { world, gateway, a } = await start();
      const handlers = slowHandlers();
      const subscription = a.serve('subject', handlers.handler);
      await world.settle(a);
      const replies = Array.from({ length: 20 }, (_, n) => gateway.request('subject', bytes(`${n}`), LONG));
      await until(() => handlers.running() === 20);
      let stopped = false;
      const stop = subscription.stop().then(() => (stopped = true));
      await expectNobody(gateway, 'subject');
      expect(stopped).toBe(false);
      handlers.finish();
      expect((await Promise.all(replies)).map(text)).toEqual(Array.from({ length: 20 }, (_, n) => `re: ${n}`));
      await stop;
      await subscription.stop();
    });

    it('[B4] a reply under way survives close, and the others go on serving', async () => {
      const { world, gateway, a, b } = await start();
      const handlers = slowHandlers();
      a.serve('subject', handlers.handler);
      await world.settle(a);
      const replies = Array.from({ length: 20 }, (_, n) => gateway.request('subject', bytes(`${n}`), LONG));
      await until(() => handlers.running() === 20);
      b.serve('subject', async () => bytes('b'));
      await world.settle(b);
      const close = a.close();
      // One that the closing end still took waits for the gate like the others.
      await until(async () => (await outcomeOf(gateway.request('subject', bytes('x'), QUICK))) === 'b');
      handlers.finish();
      expect((await Promise.all(replies)).map(text)).toEqual(Array.from({ length: 20 }, (_, n) => `re: ${n}`));
      await close;
      expect(a.available).toBe(false);
      await expect(a.request('subject', bytes('x'), LONG)).rejects.toBeInstanceOf(RpcUnavailable);
    });

    it('[B4] loses no request while handlers come and go', async () => {
      const { world, gateway, a, b } = await start();
      b.serve('subject', async (data) => data);
      await world.settle(b);
      const done = new AbortController();
      const asking = (async () => {
        for (let n = 0; !done.signal.aborted; n++)
          expect(text(await gateway.request('subject', bytes(`${n}`), { timeoutMs: 2_000 }))).toBe(`${n}`);
      })();
      for (let round = 0; round < 30; round++) {
        const subscription = a.serve('subject', async (data) => data);
        await world.settle(a);
        await subscription.stop();
      }
      done.abort();
      await asking;
    });

    it('[B5] requests and replies arrive unchanged, whatever their size', async () => {
      const { world, gateway, a, b } = await start();
      for (const end of [a, b]) end.serve('subject', async (data) => data.toReversed());
      await Promise.all([world.settle(a), world.settle(b)]);
      const sizes = [0, 1, 255, MB - 300, MB - 257, MB - 256, MB - 255, MB, MB + 1, 3 * MB, 4 * MB];
      await Promise.all(
        sizes.map(async (size) => {
          const data = pattern(size);
          const reply = await gateway.request('subject', data, LONG);
          expect(Buffer.compare(reply, data.toReversed()), `${size} bytes`).toBe(0);
        }),
      );
    });

    it('[B5] finds nobody for a request in parts as for any other', async () => {
      const { gateway } = await start();
      await expect(gateway.request('nobody', pattern(3 * MB), LONG)).rejects.toBeInstanceOf(NoResponders);
    });

    it('[B6] what is over the limit is refused at once, on both ways', async () => {
      const { world, gateway, a, errors } = await start({ maxBytes: 2 * MB });
      let asked = 0;
      a.serve('subject', async (data) => {
        asked += 1;
        return text(data) === 'large' ? pattern(2 * MB + 1) : pattern(2 * MB);
      });
      await world.settle(a);
      await expect(gateway.request('subject', pattern(2 * MB + 1), LONG)).rejects.toBeInstanceOf(MessageTooLarge);
      expect(asked).toBe(0);
      await expect(gateway.request('subject', bytes('large'), LONG)).rejects.toBeInstanceOf(MessageTooLarge);
      expect((await gateway.request('subject', bytes('fits'), LONG)).length).toBe(2 * MB);
      expect(errors.length).toBeLessThanOrEqual(1);
    });

    it('[B7] while the bus is away a request fails at once, and was not sent', async () => {
      const { world, gateway, a } = await start();
      let asked = 0;
      a.serve('subject', async (data) => {
        asked += 1;
        return data;
      });
      await world.settle(a);
      await world.interrupt();
      await until(() => !gateway.available);
      const began = performance.now();
      await expect(gateway.request('subject', bytes('x'), LONG)).rejects.toBeInstanceOf(RpcUnavailable);
      expect(performance.now() - began).toBeLessThan(100);
      await world.restore();
      await until(() => gateway.available && a.available);
      await world.settle(a);
      await gateway.request('subject', bytes('y'), LONG);
      expect(asked).toBe(1);
    });

    it('[B8] a request whose connection is lost ends at once, its outcome unknown', async () => {
      const { world, gateway, a } = await start();
      const handlers = slowHandlers();
      a.serve('subject', handlers.handler);
      await world.settle(a);
      const failure = outcomeOf(gateway.request('subject', bytes('x'), LONG));
      await until(() => handlers.running() === 1);
      await world.interrupt();
      expect(await failure).toBeInstanceOf(RequestTimeout);
      handlers.finish();
      await world.restore();
    });

    it('[B9] what was served before or while the bus was away is served when it is back', async () => {
      const { world, gateway, a } = await start();
      a.serve('before', async () => bytes('before'));
      const ended = a.serve('ended', async () => bytes('ended'));
      await world.settle(a);
      await world.interrupt();
      await until(() => !a.available);
      a.serve('while', async () => bytes('while'));
      await ended.stop();
      await world.restore();
      await until(() => gateway.available && a.available);
      await world.settle(a);
      expect(text(await gateway.request('before', bytes('x'), LONG))).toBe('before');
      expect(text(await gateway.request('while', bytes('x'), LONG))).toBe('while');
      await expect(gateway.request('ended', bytes('x'), LONG)).rejects.toBeInstanceOf(NoResponders);
    });

    it('[B10] closes also while the bus is away', async () => {
      const { world, gateway, a } = await start();
      a.serve('subject', async (data) => data);
      await world.interrupt();
      await until(() => !a.available);
      const began = performance.now();
      await Promise.all([a.close(), gateway.close()]);
      expect(performance.now() - began).toBeLessThan(3_000);
      await world.restore();
    });

    it('[B10] starts while the bus is away, and serves and asks once it is there', async () => {
      const { world, gateway, a } = await start({ away: true });
      a.serve('subject', async (data) => data);
      await expect(gateway.request('subject', bytes('x'), LONG)).rejects.toBeInstanceOf(RpcUnavailable);
      await world.restore();
      await until(() => gateway.available && a.available);
      await world.settle(a);
      expect(text(await gateway.request('subject', bytes('y'), LONG))).toBe('y');
    });

    it('carries many requests at once, large ones among them', async () => {
      const { world, gateway, a, b } = await start();
      for (const end of [a, b]) end.serve('subject', async (data) => data);
      await Promise.all([world.settle(a), world.settle(b)]);
      const replies = await Promise.all(
        Array.from({ length: 2_000 }, async (_, n) => {
          const data = n % 100 ? bytes(`${n}`) : pattern(MB + n);
          return Buffer.compare(await gateway.request('subject', data, LONG), data);
        }),
      );
      expect(replies.filter((difference) => difference !== 0)).toEqual([]);
    });
  });
}

/** Handlers that answer when they are told to. */
function slowHandlers() {
  const gate = Promise.withResolvers<void>();
  let running = 0;
  return {
    running: () => running,
    finish: () => gate.resolve(),
    async handler(data: Uint8Array) {
      running += 1;
      await gate.promise;
      return bytes(`re: ${text(data)}`);
    },
  };
}

/** The request that finds nobody must not be one that the stopping handler still took. */
async function expectNobody(rpc: Rpc, subject: string): Promise<void> {
  await until(async () => {
    return (await outcomeOf(rpc.request(subject, bytes('late'), QUICK))) instanceof NoResponders;
  });
}

/** What a request came to: the reply's text, or what was thrown. */
async function outcomeOf(request: Promise<Uint8Array>): Promise<unknown> {
  return request.then(text, (error: unknown) => error);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function pattern(size: number): Uint8Array {
  const data = new Uint8Array(size);
  for (let n = 0; n < size; n++) data[n] = (n * 7 + (n >> 8)) & 255;
  return data;
}
