import { FanoutHub, MemoryFanout } from '@syncline/bus';
import { migrate } from '@syncline/journal';
import { pgliteTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { documentId } from '@syncline/protocol/document-id';
import type { Doc, DocumentRef, Verb } from '@syncline/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { startTestPod, type TestPod, until } from './testing.ts';

const CREATE: Verb = { verb: 'doc.create', args: { title: 'Board' } };

describe('documents of applications, with the stock provider', () => {
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
    const hub = new FanoutHub();
    for (const id of ['a', 'b'])
      pods.push(await startTestPod(test.db, {}, { fanout: new MemoryFanout({ hub, onListenerError: () => {} }), id }));
    const id = `d${(counter += 1)}`;
    const ref: DocumentRef = { workspace: 'default', kind: 'doc', id };
    return { one: pods[0]!, two: pods[1]!, ref, name: `doc:${id}` };
  };
  const data = async (pod: TestPod, ref: DocumentRef) => {
    const reply = await pod.read(ref);
    return reply.ok ? (reply.value as unknown as Doc) : reply.error.code;
  };

  it('[M24] an update that says nothing begins none: it is there once something is written, at every pod', async () => {
    const { one, two, ref, name } = await start();
    const [writer, other] = [one.connect(name), two.connect(name, 'person:p2')];
    await Promise.all([writer.synced, other.synced]);
    await writer.acknowledged();
    expect([(await one.reader.read(documentId(ref))).head, await data(one, ref)]).toEqual([0, 'not_found']);
    const written = writer.doc;
    written.getText('codemirror').insert(0, 'words');
    written.getMap('steps').set('a', new Y.Map([['of', 'the application']]));
    written.getXmlFragment('document').insert(0, [new Y.XmlElement('paragraph')]);
    await writer.acknowledged();
    await until(() => other.doc.getText('codemirror').toString() === 'words');
    expect(await data(two, ref)).toEqual({
      kind: 'doc',
      title: '',
      roots: {
        codemirror: 'words',
        steps: { a: { of: 'the application' } },
        document: [{ type: 'paragraph', attributes: {}, content: [] }],
      },
    });
  });

  it('[M24] one that is made, renamed, deleted and undeleted by commands keeps what clients write', async () => {
    const { one, two, ref, name } = await start();
    expect(await one.command(ref, 'create', CREATE)).toMatchObject({ ok: true, seq: 1 });
    const client = two.connect(name);
    await client.synced;
    expect(client.doc.getMap('syncline').get('title')).toBe('Board');
    client.doc.getArray('list').push([1]);
    await client.acknowledged();
    expect(await one.command(ref, 'again', CREATE)).toMatchObject({ ok: false, error: { code: 'exists' } });
    const rename: Verb = { verb: 'doc.rename', args: { title: 'Other' } };
    expect(await one.command(ref, 'rename', rename)).toMatchObject({ ok: true });
    expect(await one.command(ref, 'delete', { verb: 'document.delete', args: {} })).toMatchObject({ ok: true });
    await until(async () => (await data(two, ref)) === 'not_found');
    expect(await two.command(ref, 'undelete', { verb: 'document.undelete', args: {} })).toMatchObject({ ok: true });
    await until(async () => (await data(one, ref)) !== 'not_found');
    expect(await data(one, ref)).toMatchObject({ title: 'Other', roots: { list: [1] } });
  });

  it('[M23, M24] a flag of the application’s own deletes nothing, whatever root it lies in', async () => {
    const { one, two, ref, name } = await start();
    const client = one.connect(name);
    await client.synced;
    client.doc.getMap('metadata').set('deleted', true);
    client.doc.getMap('deleted').set('deleted', true);
    client.doc.getText('steps').insert(0, 'no map');
    await client.acknowledged();
    const other = two.connect(name, 'person:p2');
    await other.synced;
    expect(other.doc.getMap('metadata').get('deleted')).toBe(true);
    expect(await data(one, ref)).toMatchObject({
      roots: { metadata: { deleted: true }, deleted: { deleted: true }, steps: 'no map' },
    });
  });

  it('[M24] one that is made without a title is there, and says nothing', async () => {
    const { one, two, ref } = await start();
    expect(await one.command(ref, 'create', { verb: 'doc.create', args: {} })).toMatchObject({ ok: true, seq: 1 });
    expect(await data(two, ref)).toEqual({ kind: 'doc', title: '', roots: {} });
  });

  it('[M26] a verb of another kind is refused by the pod, too, and leaves nothing', async () => {
    const { one, ref } = await start();
    await one.command(ref, 'create', CREATE);
    const verb: Verb = { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'B' }] } };
    expect(await one.command(ref, 'wrong', verb)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', detail: expect.stringContaining('plan.update') },
    });
    expect((await one.reader.read(documentId(ref))).head).toBe(1);
  });

  it('[S54] whatever JSON its clients say of themselves is passed on, under their own names', async () => {
    const { one, two, name } = await start();
    const [writer, other] = [one.connect(name, 'person:p1'), two.connect(name, 'person:p2')];
    await Promise.all([writer.synced, other.synced]);
    const said = { selection: { anchor: { line: 3 } }, deep: JSON.parse('['.repeat(50) + ']'.repeat(50)) as unknown };
    writer.provider.awareness!.setLocalState({ user: { name: 'Ann', color: '#aabbcc' }, ...said });
    const heard = () => other.provider.awareness!.getStates().get(writer.doc.clientID);
    await until(() => heard() !== undefined);
    expect(heard()).toEqual({
      selection: said.selection,
      user: { id: 'p1', kind: 'human', name: 'Ann', color: '#aabbcc' },
    });
  });
});
