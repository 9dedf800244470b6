import { randomUUID } from 'node:crypto';
import type { DocumentId } from '@syncline/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fanout } from './fanout.ts';

/** A bus on which several pods meet, and which can be taken away. */
export interface FanoutWorld {
  connect(pod: string): Fanout;
  interrupt(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** What SPEC.md promises of fan-out, for any bus. */
export function fanoutContract(name: string, open: () => Promise<FanoutWorld>): void {
  describe(`fan-out over ${name}`, () => {
    const opened: { world: FanoutWorld; pods: Fanout[] }[] = [];
    afterEach(async () => {
      for (const { world, pods } of opened.splice(0)) {
        await Promise.all(pods.map((pod) => pod.close()));
        await world.close();
      }
    });

    const start = async ({ away = false } = {}) => {
      const world = await open();
      if (away) await world.interrupt();
      const pods = ['a', 'b', 'c'].map((pod) => world.connect(pod));
      opened.push({ world, pods });
      if (!away) await until(() => pods.every((pod) => pod.available));
      const [a, b, c] = pods as [Fanout, Fanout, Fanout];
      return { world, a, b, c };
    };

    it('[B11] a frame reaches every other pod that listens to the document, and nobody else', async () => {
      const { a, b, c } = await start();
      const [document, other] = [newDocument(), newDocument()];
      const heard = { a: await hear(a, document), b: await hear(b, document), c: await hear(c, document) };
      const elsewhere = await hear(b, other);
      a.publish(document, bytes('from a'));
      c.publish(document, bytes('from c'));
      await until(() => heard.b.length === 2 && heard.a.length === 1 && heard.c.length === 1);
      expect(heard).toEqual({ a: ['from c'], b: expect.arrayContaining(['from a', 'from c']), c: ['from a'] });
      expect(elsewhere).toEqual([]);
    });

    it('[B11] a publisher need not listen', async () => {
      const { a, b } = await start();
      const document = newDocument();
      const heard = await hear(b, document);
      a.publish(document, bytes('x'));
      await until(() => heard.length === 1);
      expect(heard).toEqual(['x']);
    });

    it('[B12] frames of one publisher arrive in its order, whole and unchanged', async () => {
      const { a, b, c } = await start();
      const document = newDocument();
      const heard: Uint8Array[] = [];
      await c.listen(document, (frame) => heard.push(frame)).ready;
      const large = new Uint8Array(3_000_000).map((_, n) => (n * 7 + (n >> 8)) & 255);
      for (let n = 0; n < 1_000; n++) {
        a.publish(document, Uint8Array.of(1, n >> 8, n & 255, 0, 13, 10, 255, 128));
        b.publish(document, n === 500 ? Uint8Array.of(2, ...bytes('large'), 0) : Uint8Array.of(2, n >> 8, n & 255));
        if (n === 500) b.publish(document, large);
      }
      await until(() => heard.length === 2_001);
      const ofA = heard.filter((frame) => frame[0] === 1 && frame.length === 8);
      expect(ofA.map((frame) => frame[1]! * 256 + frame[2]!)).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
      expect([...ofA[999]!.subarray(3)]).toEqual([0, 13, 10, 255, 128]);
      const ofB = heard.filter((frame) => frame[0] === 2 || frame.length === large.length);
      expect(ofB.findIndex((frame) => frame.length === large.length)).toBe(501);
      expect(Buffer.compare(ofB[501]!, large)).toBe(0);
      expect(ofB.filter((_, n) => n !== 500 && n !== 501).map((frame) => frame[1]! * 256 + frame[2]!)).toEqual(
        Array.from({ length: 1_000 }, (_, n) => n).filter((n) => n !== 500),
      );
    });

    it('[B12] the publisher may use its memory again at once', async () => {
      const { a, b } = await start();
      const document = newDocument();
      const heard = await hear(b, document);
      const frame = bytes('before');
      a.publish(document, frame);
      frame.fill(0);
      await until(() => heard.length === 1);
      expect(heard).toEqual(['before']);
    });

    it('[B13] what is published after ready arrives', async () => {
      const { a, b } = await start();
      for (let n = 0; n < 50; n++) {
        const document = newDocument();
        const heard = await hear(b, document);
        a.publish(document, bytes('x'));
        await until(() => heard.length === 1);
        expect(heard).toEqual(['x']);
      }
    });

    it('[B14] several may listen to one document, and each stops alone', async () => {
      const { a, b } = await start();
      const document = newDocument();
      const heard: string[] = [];
      const one = b.listen(document, (frame) => heard.push(`one ${text(frame)}`));
      const two = b.listen(document, (frame) => heard.push(`two ${text(frame)}`));
      await Promise.all([one.ready, two.ready]);
      a.publish(document, bytes('1'));
      await until(() => heard.length === 2);
      one.stop();
      one.stop();
      a.publish(document, bytes('2'));
      await until(() => heard.length === 3);
      two.stop();
      const three = b.listen(document, (frame) => heard.push(`three ${text(frame)}`));
      await three.ready;
      a.publish(document, bytes('3'));
      await until(() => heard.length === 4);
      expect(heard).toEqual(['one 1', 'two 1', 'two 2', 'three 3']);
      three.stop();
      const marker = await hear(b, newDocument());
      a.publish(document, bytes('4'));
      expect(marker).toEqual([]);
      await pause(50);
      expect(heard).toHaveLength(4);
    });

    it('[B14] a listener that throws keeps no frame from the others', async () => {
      const { a, b } = await start();
      const document = newDocument();
      b.listen(document, () => {
        throw new Error('a bug');
      });
      const heard = await hear(b, document);
      a.publish(document, bytes('1'));
      a.publish(document, bytes('2'));
      await until(() => heard.length === 2);
      expect(heard).toEqual(['1', '2']);
    });

    it('[B15] while the bus is away publish and listen neither throw nor wait, and ready resolves', async () => {
      const { world, a, b } = await start();
      const document = newDocument();
      await hear(b, document);
      await world.interrupt();
      await until(() => !a.available && !b.available);
      a.publish(document, bytes('lost'));
      const began = performance.now();
      await b.listen(newDocument(), () => {}).ready;
      expect(performance.now() - began).toBeLessThan(2_000);
    });

    it('[B16] tells of a loss once subscriptions stand again, also of those made meanwhile', async () => {
      const { world, a, b } = await start();
      const [before, during, ended] = [newDocument(), newDocument(), newDocument()];
      const heard = await hear(b, before);
      const toEnd = b.listen(ended, (frame) => heard.push(text(frame)));
      await toEnd.ready;
      let restored = 0;
      b.onRestored(() => {
        restored += 1;
        // From here on nothing is missed: whoever reads the journal now has all of it.
        a.publish(before, bytes('after'));
        a.publish(during, bytes('after'));
        a.publish(ended, bytes('never'));
      });
      await world.interrupt();
      await until(() => !a.available && !b.available);
      const heardDuring: string[] = [];
      b.listen(during, (frame) => heardDuring.push(text(frame)));
      toEnd.stop();
      expect(restored).toBe(0);
      const back = performance.now();
      await world.restore();
      await until(() => restored > 0);
      expect(performance.now() - back).toBeLessThan(1_500);
      await until(() => a.available && b.available);
      a.publish(before, bytes('x'));
      a.publish(during, bytes('x'));
      await until(() => heard.includes('x') && heardDuring.includes('x'));
      expect(heard).not.toContain('never');
    });

    it('[B16] tells of nothing when nothing was lost, and no more once ended', async () => {
      const { world, a, b } = await start();
      let restored = 0;
      const end = b.onRestored(() => (restored += 1));
      b.onRestored(() => {
        throw new Error('a bug');
      });
      await hear(b, newDocument());
      expect(restored).toBe(0);
      end();
      let others = 0;
      b.onRestored(() => (others += 1));
      await world.interrupt();
      await until(() => !a.available && !b.available);
      await world.restore();
      await until(() => others > 0);
      expect(restored).toBe(0);
    });

    it('[B17] starts while the bus is away, and works once it is there', async () => {
      const { world, a, b } = await start({ away: true });
      const document = newDocument();
      const heard: string[] = [];
      let restored = 0;
      b.onRestored(() => (restored += 1));
      const { ready } = b.listen(document, (frame) => heard.push(text(frame)));
      a.publish(document, bytes('lost'));
      await ready;
      await world.restore();
      await until(() => a.available && b.available && restored > 0);
      a.publish(document, bytes('x'));
      await until(() => heard.length === 1);
      expect(heard).toEqual(['x']);
    });

    it('[B17] closes, also while the bus is away, and hears nothing afterwards', async () => {
      const { world, a, b, c } = await start();
      const document = newDocument();
      const heard = await hear(b, document);
      const last = await hear(c, document);
      a.publish(document, bytes('last'));
      await a.close();
      await until(() => last.length === 1 && heard.length === 1);
      await b.close();
      await b.close();
      expect(b.available).toBe(false);
      c.publish(document, bytes('x'));
      b.publish(document, bytes('nobody'));
      await pause(50);
      expect(heard).toEqual(['last']);
      expect(last).toEqual(['last']);
      await world.interrupt();
      await until(() => !c.available);
      const began = performance.now();
      await c.close();
      expect(performance.now() - began).toBeLessThan(2_000);
    });
  });
}

async function hear(pod: Fanout, document: DocumentId): Promise<string[]> {
  const heard: string[] = [];
  await pod.listen(document, (frame) => heard.push(text(frame))).ready;
  return heard;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await pause(5);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function newDocument(): DocumentId {
  return randomUUID() as DocumentId;
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
