import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createKeyAccess, createRightsStore, type Grant, reachOf, RightsAdmin } from '@syncline/auth';
import { migrate } from '@syncline/journal';
import { postgresTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import type { Role, Verb } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import { createLog } from '@syncline/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { frames, sync } from '../sim/wire.ts';
import { type Client, newPlan, startTestPod, type TestPod, until } from './testing.ts';

const SETTINGS = { KEY_PEPPER: 'p'.repeat(32), TOKEN_SECRET: 't'.repeat(32) };
const by = () => ({ workspace: 'default', actor: 'person:admin', commandId: randomUUID() });

describe('a pod with keys', () => {
  let test: TestDatabase;
  let pod: TestPod;
  const said: string[] = [];
  const log = createLog({ service: 'test', level: 'info', into: { write: (line) => said.push(line) } });
  beforeAll(async () => {
    test = await postgresTestDatabase(inject('databaseUrl'));
    await migrate(test.db);
  });
  beforeEach(async () => {
    pod = await startTestPod(test.db, {}, { access: parts().access, log });
  });
  afterEach(() => pod.stop());
  afterAll(() => test.drop());

  /** What another process has: nothing of it is shared with the pod but the database. */
  function parts() {
    const store = createRightsStore(test.db);
    const access = createKeyAccess({ store, settings: SETTINGS, now: Date.now });
    return { access, admin: new RightsAdmin({ store, pepper: SETTINGS.KEY_PEPPER, tokens: access.tokens, log }) };
  }
  const key = (role: Role, workspace = 'default') =>
    parts().admin.createKey({ ...by(), workspace }, { name: role, role, documents: null, expiresAt: null });
  const token = (over: Partial<Grant>) =>
    parts().access.tokens.sign({
      workspace: 'default',
      principal: { type: 'person', id: 'ann', name: 'Ann' },
      ...reachOf('editor', null),
      source: null,
      expiresAt: null,
      ...over,
    });

  it('[A3] lets in whoever shows a key or a token, as whom it says', async () => {
    const plan = newPlan();
    const { key: text, record } = await key('editor');
    const [agent, person] = [pod.connect(plan.name, text), pod.connect(plan.name, token({}))];
    await Promise.all([agent.synced, person.synced]);
    set(agent, 'title', 'by an agent');
    await agent.acknowledged();
    set(person, 'owner', 'by a person');
    await person.acknowledged();
    const { rows } = await pod.reader.read(plan.id);
    expect(rows.map(({ actor }) => actor)).toEqual([`agent:${record.id}`, 'person:ann']);
    expect(agent.provider.authorizedScope).toBe('read-write');
  });

  it.each([
    ['nothing', () => '', 4001],
    ['what open mode takes', () => 'person:p1', 4001],
    ['a token that has expired', () => token({ expiresAt: Date.now() - 1000 }), 4001],
    ['a token of another secret', () => token({}).replace(/.$/, '!'), 4001],
    ['a token for another document', () => token(reachOf('admin', ['plan:another'])), 4003],
  ])('[A3, A12] shuts out who shows %s, and says why', async (_, show, code) => {
    said.length = 0;
    const client = pod.connect(newPlan().name, show());
    expect(await closed(client)).toBe(code);
    const line = said.map((text) => JSON.parse(text) as Record<string, unknown>).find(({ msg }) => msg === 'refused');
    expect(line).toMatchObject({ component: 'audit', door: 'socket', reason: expect.stringMatching(/\w/) });
    expect(said.join('')).not.toContain(show().slice(-20) || 'undefined');
  });

  it.each(['viewer', 'commenter'] as const)('[A13] what a %s sends is neither kept nor acknowledged', async (role) => {
    const plan = newPlan();
    const [editor, reader] = [pod.connect(plan.name, token({})), pod.connect(plan.name, token(reachOf(role, null)))];
    await Promise.all([editor.synced, reader.synced]);
    expect(reader.provider.authorizedScope).toBe('readonly');
    reader.provider.setAwarenessField('user', { name: 'here' });
    await until(() => editor.provider.awareness!.getStates().has(reader.doc.clientID));
    set(editor, 'title', 'kept');
    await editor.acknowledged();
    await until(() => get(reader, 'title') === 'kept');
    set(reader, 'title', 'not kept');
    // The other way an update comes: in the handshake, from who wrote it before connecting.
    const late = pod.connect(plan.name, token(reachOf(role, null)));
    set(late, 'repo', 'not kept');
    await late.synced;
    set(editor, 'owner', 'kept too');
    await editor.acknowledged();
    for (const client of [reader, late]) await until(() => get(client, 'owner') === 'kept too');
    for (const client of [reader, late]) expect(client.provider.hasUnsyncedChanges).toBe(true);
    expect(get(editor, 'repo')).toBeUndefined();
    expect(get(editor, 'title')).toBe('kept');
    expect((await pod.reader.read(plan.id)).head).toBe(2);
  });

  it('[S52] of who may only read, what is stored already is acknowledged, and what cannot be read closes with 4400', async () => {
    const plan = newPlan();
    const editor = pod.connect(plan.name, token({}));
    await editor.synced;
    set(editor, 'title', 'kept');
    await editor.acknowledged();
    const reader = pod.connect(plan.name, token(reachOf('viewer', null)));
    Y.applyUpdate(reader.doc, Y.encodeStateAsUpdate(editor.doc));
    await reader.synced;
    await reader.acknowledged();

    const socket = new WebSocket(pod.url + plan.name);
    await once(socket, 'open');
    socket.send(frames.auth(plan.name, token(reachOf('viewer', null))));
    socket.send(sync(plan.name, 1, Uint8Array.of(0, 0, 1)));
    expect((await once(socket, 'close'))[0]).toBe(4400);
    expect((await pod.reader.read(plan.id)).head).toBe(1);
  });

  it('[A14] a request over the bus counts as far as its token', async () => {
    const plan = newPlan();
    const create: Verb = { verb: 'plan.create', args: { title: 'T', steps: [], blocks: [] } };
    const update: Verb = { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'U' }] } };
    const agent = { type: 'agent', id: 'mallory', name: 'Mallory' } as const;
    const { key: text, record } = await key('editor');
    const { access } = parts();
    const own = access.vouch(await access.ofRequest({ 'x-api-key': text }), plan.ref);
    const weak = token(reachOf('commenter', null));
    const foreign = token({ workspace: 'other' });
    const other = token(reachOf('admin', ['plan:another']));

    const codes = async (asker: Parameters<TestPod['ask']>[0]) => {
      const replies = [
        await pod.ask(asker, { type: 'command', document: plan.ref, command: { id: randomUUID(), verb: create } }),
        await pod.ask(asker, { type: 'command', document: plan.ref, command: { id: randomUUID(), verb: update } }),
        await pod.ask(asker, { type: 'read', document: plan.ref }),
      ];
      return replies.map((reply) => (reply.ok ? 'ok' : reply.error.code));
    };
    expect(await codes(agent)).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
    expect(await codes('nonsense')).toEqual(['unauthorized', 'unauthorized', 'unauthorized']);
    expect(await codes(foreign)).toEqual(['forbidden', 'not_found', 'not_found']);
    expect(await codes(other)).toEqual(['forbidden', 'not_found', 'not_found']);
    expect(await codes(weak)).toEqual(['forbidden', 'forbidden', 'not_found']);
    expect((await pod.reader.read(plan.id)).head).toBe(0);
    expect(await codes(own)).toEqual(['ok', 'ok', 'ok']);
    expect(await codes(weak)).toEqual(['forbidden', 'forbidden', 'ok']);
    const { rows } = await pod.reader.read(plan.id);
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set([`agent:${record.id}`]));
  });

  it('[A9] equal names in two workspaces are two documents, with a presence each', async () => {
    const plan = newPlan();
    const [ours, theirs] = [pod.connect(plan.name, token({})), pod.connect(plan.name, token({ workspace: 'other' }))];
    await Promise.all([ours.synced, theirs.synced]);
    set(ours, 'title', 'ours');
    set(theirs, 'title', 'theirs');
    ours.provider.setAwarenessField('user', { name: 'us' });
    theirs.provider.setAwarenessField('user', { name: 'them' });
    await Promise.all([ours.acknowledged(), theirs.acknowledged()]);
    const again = pod.connect(plan.name, token({ workspace: 'other' }));
    await again.synced;
    await until(() => again.provider.awareness!.getStates().has(theirs.doc.clientID));
    expect(get(again, 'title')).toBe('theirs');
    expect(get(ours, 'title')).toBe('ours');
    expect(again.provider.awareness!.getStates().has(ours.doc.clientID)).toBe(false);
    expect(ours.provider.awareness!.getStates().has(theirs.doc.clientID)).toBe(false);
    const elsewhere = documentId({ ...plan.ref, workspace: 'other' });
    for (const id of [plan.id, elsewhere]) expect((await pod.reader.read(id)).head).toBe(1);
  });

  describe('[A11] an open socket', () => {
    it('closes with 4003 within a second of its key’s revocation, and is not let in again', async () => {
      const plan = newPlan();
      const { key: text, record } = await key('editor');
      const { access, admin } = parts();
      const issued = access.tokens.sign(await access.ofRequest({ 'x-api-key': text }));
      const clients = [pod.connect(plan.name, text), pod.connect(plan.name, issued)];
      const bystander = pod.connect(plan.name, token({}));
      await Promise.all([...clients, bystander].map((client) => client.synced));
      const codes = Promise.all(clients.map(closed));
      await admin.revokeKey(by(), record.id);
      const revokedAt = performance.now();
      expect(await codes).toEqual([4003, 4003]);
      // The promise is a second; a busy machine may take a little more to notice.
      expect(performance.now() - revokedAt).toBeLessThan(3_000);
      expect(await closed(clients[0]!)).toBe(4001);
      set(bystander, 'title', 'still here');
      await bystander.acknowledged();
    });

    it('whose link is revoked closes; whose role is lowered or raised comes back with the new one', async () => {
      const plan = newPlan();
      const { admin } = parts();
      const { token: shared, link } = await admin.createLink(by(), {
        document: plan.ref,
        role: 'editor',
        expiresAt: null,
      });
      const guest = pod.connect(plan.name, shared);
      const subject = randomUUID();
      await admin.setRight(by(), { subject, document: null, role: 'editor' });
      const person = pod.connect(
        plan.name,
        token({ source: `subject:${subject}`, principal: { type: 'person', id: subject, name: 'Bo' } }),
      );
      await Promise.all([guest.synced, person.synced]);

      await admin.setRight(by(), { subject, document: plan.name, role: 'viewer' });
      await until(() => person.provider.authorizedScope === 'readonly' && person.provider.isSynced);
      await admin.removeRight(by(), { subject, document: plan.name });
      await until(() => person.provider.authorizedScope === 'read-write' && person.provider.isSynced);

      const code = closed(guest);
      await admin.revokeLink(by(), plan.name, link.id);
      expect(await code).toBe(4003);
      const gone = closed(person);
      await admin.removeRight(by(), { subject, document: null });
      expect(await gone).toBe(4003);
    });

    it('whose time is over is asked for a new token, and stays with it', async () => {
      const plan = newPlan();
      let inside = false;
      let renewed = false;
      const client = pod.connect(plan.name, () => {
        renewed = inside;
        return token({ expiresAt: Date.now() + (inside ? 60_000 : 4_000) });
      });
      let closes = 0;
      client.provider.on('close', () => (closes += 1));
      await client.synced;
      inside = true;
      await until(() => renewed);
      await new Promise((resolve) => {
        setTimeout(resolve, 5_000);
      });
      set(client, 'title', 'still here');
      await client.acknowledged();
      expect(closes).toBe(0);
    });

    it('closes with 4001 when its time is over and it has no other token', async () => {
      const lasting = token({ expiresAt: Date.now() + 2_000 });
      const client = pod.connect(newPlan().name, lasting);
      await client.synced;
      expect(await closed(client)).toBe(4001);
    });

    it('is not taken over by another person’s token', async () => {
      let shown = 0;
      const client = pod.connect(newPlan().name, () => {
        shown += 1;
        const id = shown === 1 ? 'ann' : 'bob';
        return token({ principal: { type: 'person', id, name: id }, expiresAt: Date.now() + 5_000 });
      });
      await client.synced;
      expect(await closed(client)).toBe(4001);
    });
  });
});

function set(client: Client, field: string, value: string): void {
  client.doc.getMap('metadata').set(field, value);
}

function get(client: Client, field: string): unknown {
  return client.doc.getMap('metadata').get(field);
}

/** The code of the next closing. */
function closed({ provider }: Client): Promise<number> {
  return new Promise((resolve) => {
    const onClose = ({ event }: { event: { code: number } }) => {
      provider.off('close', onClose);
      resolve(event.code);
    };
    provider.on('close', onClose);
  });
}
