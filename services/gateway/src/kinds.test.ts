import { describe, expect, it, onTestFinished } from 'vitest';
import { startGateway } from '../test/gateway-under-test.ts';

async function start(...options: Parameters<typeof startGateway>) {
  const gateway = await startGateway(...options);
  onTestFinished(() => gateway.stop());
  return gateway;
}

describe('documents of another kind', () => {
  it('are made with their own fields, and none of another’s', async () => {
    const { send, requests } = await start();
    for (const body of [{ kind: 'doc', id: 'a', title: 'Board' }, { kind: 'doc' }])
      expect((await send('POST', '/v1/documents', { body })).status).toBe(201);
    expect(requests).toMatchObject([
      { document: { kind: 'doc', id: 'a' }, command: { verb: { verb: 'doc.create', args: { title: 'Board' } } } },
      { document: { kind: 'doc' }, command: { verb: { verb: 'doc.create', args: {} } } },
    ]);
    const wrong = await send('POST', '/v1/documents', { body: { kind: 'doc', title: 'A', steps: [] } });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { errors: [{ field: 'steps', message: 'there is no such field here; known are title, update' }] },
    ]);
    const nameless = await send('POST', '/v1/documents', { body: {} });
    expect([nameless.status, await nameless.json()]).toMatchObject([400, { errors: [{ field: 'title' }] }]);
  });

  it('are renamed in their own way', async () => {
    const { send, requests } = await start();
    await send('PATCH', '/v1/documents/doc:a', { body: { title: 'B', base_rev: 3 } });
    await send('PATCH', '/v1/documents/plan:a', { body: { title: 'B' } });
    expect(requests).toMatchObject([
      {
        document: { kind: 'doc', id: 'a' },
        command: { verb: { verb: 'doc.rename', args: { title: 'B', base_rev: 3 } } },
      },
      { command: { verb: { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'B' }] } } } },
    ]);
  });

  it('[M26] take no verb of a plan: the refusal names the verb, the kind, and what there is', async () => {
    const { send, requests } = await start();
    const changes = [{ op: 'set', title: 'B' }];
    for (const [path, body] of [
      ['/v1/documents/doc:a/edits', { edits: [{ op: 'append', markdown: 'a' }] }],
      ['/v1/documents/doc:a/commands', { commands: [{ command: 'plan.update', changes }] }],
    ] as const) {
      const answer = await send('POST', path, { body });
      expect([answer.status, await answer.json()]).toMatchObject([
        400,
        {
          code: 'invalid_request',
          detail: expect.stringMatching(/^(document\.edit|plan\.update): .* kind doc .*doc\.rename/),
        },
      ]);
    }
    expect(requests).toEqual([]);
  });

  it('are read as JSON and as Markdown', async () => {
    const value = { kind: 'doc', title: '', roots: { metadata: { deleted: true } } };
    const { send } = await start({ pod: () => ({ ok: true, seq: 5, value }) });
    expect(await (await send('GET', '/v1/documents/doc:a')).json()).toMatchObject({
      ...value,
      document: 'doc:a',
      revision: 5,
    });
    const markdown = await send('GET', '/v1/documents/doc:a?format=markdown');
    expect(await markdown.text()).toContain('"deleted": true');
  });
});
