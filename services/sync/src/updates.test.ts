import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { asServer } from '@syncline/model/testing';
import type { Asker, DocumentRef, Verb } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import * as fc from 'fast-check';
import { toBase64 } from 'lib0/buffer';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { startTestPod, type TestPod } from './testing.ts';

const ASKER: Asker = { type: 'agent', id: 'tester', name: 'Tester' };
const MANGLED = 1_000;

describe('[S59] an update sent as a command', () => {
  let test: TestDatabase;
  const pods: TestPod[] = [];
  let counter = 0;
  beforeAll(async () => {
    test = await pgliteTestDatabase();
    await migrate(test.db);
  });
  afterAll(() => test.drop());
  afterEach(() => Promise.all(pods.splice(0).map((pod) => pod.stop())));

  const start = async () => {
    const pod = await startTestPod(test.db);
    pods.push(pod);
    return pod;
  };
  /** A document that was made of an application's own, and that. */
  const made = async (pod: TestPod) => {
    const ref: DocumentRef = { workspace: 'default', kind: 'doc', id: `u${(counter += 1)}` };
    const doc = new Y.Doc();
    doc.getMap('map').set('text', new Y.Text('some words'));
    const args = { title: 'Made', update: toBase64(Y.encodeStateAsUpdate(doc)) };
    expect(await pod.command(ref, 'create', { verb: 'doc.create', args })).toMatchObject({ ok: true, seq: 1 });
    Y.applyUpdate(doc, await state(pod, ref));
    return { ref, doc };
  };
  const state = async (pod: TestPod, document: DocumentRef) => {
    const reply = await pod.ask(ASKER, { type: 'read', document, as: 'yjs' });
    return reply.ok ? Buffer.from(reply.value as string, 'base64') : Buffer.of();
  };
  const head = async (pod: TestPod, ref: DocumentRef) => (await pod.reader.read(documentId(ref))).head;

  it('makes a document of bytes, with or without a title', async () => {
    const pod = await start();
    const { ref } = await made(pod);
    expect(await pod.read(ref)).toMatchObject({ value: { title: 'Made', roots: { map: { text: 'some words' } } } });
  });

  it('takes effect once: twice, four times at once, and at another pod', async () => {
    const [one, other] = [await start(), await start()];
    const { ref, doc } = await made(one);
    const verb = apply(writing(doc, () => doc.getArray('list').push(['once'])));
    const replies = await Promise.all([one, other, one, other].map((pod) => pod.command(ref, 'add', verb)));
    replies.push(await other.command(ref, 'add', verb), await (await start()).command(ref, 'add', verb));
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ ok: true, seq: 2 });
    expect(await head(other, ref)).toBe(2);
    expect(await other.read(ref, 2)).toMatchObject({ value: { roots: { list: ['once'] } } });
    const reused = await one.command(ref, 'add', apply(writing(doc, () => doc.getArray('list').push(['more']))));
    expect(reused).toMatchObject({ ok: false, error: { code: 'command_reused' } });
  });

  it('goes on from others that are under way, and not from what never came', async () => {
    const pod = await start();
    const { ref, doc } = await made(pod);
    const text = doc.getMap('map').get('text') as Y.Text;
    const typed = [...'abcd'].map((letter) => writing(doc, () => text.insert(0, letter)));
    const early = await pod.command(ref, 'early', apply(typed[1]!));
    expect(early).toMatchObject({ ok: false, error: { code: 'conflict', detail: expect.stringMatching(/^update: /) } });
    expect(await head(pod, ref)).toBe(1);
    const replies = await Promise.all(typed.map((update, n) => pod.command(ref, `typed-${n}`, apply(update))));
    expect(replies.map((reply) => reply.ok && reply.seq)).toEqual([2, 3, 4, 5]);
    expect(await pod.read(ref, 5)).toMatchObject({ value: { roots: { map: { text: 'dcbasome words' } } } });
  });

  it('is for one revision where it says so, and never for a document that is not there or is deleted', async () => {
    const pod = await start();
    const { ref, doc } = await made(pod);
    const update = writing(doc, () => doc.getArray('list').push([1]));
    const codeOf = async (id: string, verb: Verb, document = ref) => {
      const reply = await pod.command(document, id, verb);
      return reply.ok ? 'ok' : reply.error.code;
    };
    expect(await codeOf('stale', apply(update, 2))).toBe('stale_revision');
    expect(await codeOf('nowhere', apply(update), { ...ref, id: 'nowhere' })).toBe('not_found');
    expect(await codeOf('plan', apply(update), { ...ref, kind: 'plan' })).not.toBe('ok');
    expect(await codeOf('delete', { verb: 'document.delete', args: {} })).toBe('ok');
    expect(await codeOf('deleted', apply(update))).toBe('not_found');
    expect(await codeOf('undelete', { verb: 'document.undelete', args: {} })).toBe('ok');
    expect(await codeOf('now', apply(update, 3))).toBe('ok');
  });

  it('does not reach what only the server writes', async () => {
    const pod = await start();
    const { ref, doc } = await made(pod);
    const hostile = [
      writing(doc, () => doc.getMap('$syncline').set('deleted', true)),
      writing(doc, () => asServer(doc, () => doc.getMap('map').set('a', 1))),
    ];
    for (const [n, update] of hostile.entries())
      expect(await pod.command(ref, `${n}`, apply(update))).toMatchObject({
        ok: false,
        error: { code: 'server_only' },
      });
    const args = { update: toBase64(hostile[0]!) };
    expect(await pod.command({ ...ref, id: 'made-so' }, 'create', { verb: 'doc.create', args })).toMatchObject({
      error: { code: 'server_only' },
    });
    expect([await head(pod, ref), await head(pod, { ...ref, id: 'made-so' })]).toEqual([1, 0]);
  });

  it(`leaves the document as it was when it is refused: ${MANGLED} random and mangled ones`, async () => {
    const pod = await start();
    const { ref, doc } = await made(pod);
    const good = writing(doc, () => {
      doc.getXmlFragment('xml').insert(0, [new Y.XmlElement('p'), new Y.XmlText('text')]);
      doc.getMap('map').set('more', [1, { a: 'b' }, null, 1.5]);
      (doc.getMap('map').get('text') as Y.Text).delete(1, 3);
    });
    const here = new Y.Doc();
    Y.applyUpdate(here, await state(pod, ref));
    const refused = new Map<string, number>();
    let before = await state(pod, ref);
    for (const [n, update] of fc.sample(mangled(good), { numRuns: MANGLED, seed: 1 }).entries()) {
      const reply = await pod.command(ref, `m${n}`, apply(update));
      const after = await state(pod, ref);
      if (reply.ok) Y.applyUpdate(here, update);
      else refused.set(reply.error.code, (refused.get(reply.error.code) ?? 0) + 1);
      expect(reply.ok ? same(after, Y.encodeStateAsUpdate(here)) : after.equals(before)).toBe(true);
      before = after;
    }
    expect([...refused.keys()].toSorted()).toEqual(['conflict', 'invalid_request']);
    expect(refused.get('invalid_request')).toBeGreaterThan(MANGLED / 2);
    expect(await head(pod, ref)).toBe(1 + MANGLED - refused.get('conflict')! - refused.get('invalid_request')!);
  });
});

function apply(update: Uint8Array, base_rev?: number): Verb {
  return { verb: 'doc.apply', args: { update: toBase64(update), ...(base_rev !== undefined && { base_rev }) } };
}

/** What is written meanwhile, as an update. */
function writing(doc: Y.Doc, write: () => void): Uint8Array {
  const vector = Y.encodeStateVector(doc);
  write();
  return Y.encodeStateAsUpdate(doc, vector);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  const docs = [one, other].map((update) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, update);
    return doc;
  });
  return Y.equalSnapshots(Y.snapshot(docs[0]!), Y.snapshot(docs[1]!));
}

/** Bytes of any kind, and an update that was cut, lengthened, or of which some bytes were changed. */
function mangled(update: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(update.length - 1);
  return fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 60 }),
    at.map((length) => update.subarray(0, Math.max(1, length))),
    fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Buffer.concat([update, more])),
    fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
      const copy = Uint8Array.from(update);
      for (const [index, byte] of changes) copy[index] = byte;
      return copy;
    }),
  );
}
