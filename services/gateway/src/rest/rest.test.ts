import type { DocumentRequest } from '@syncline/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { agreeable, type GatewayUnderTest, startGateway } from '../../test/gateway-under-test.ts';

let gateway: GatewayUnderTest;
const start = async (...options: Parameters<typeof startGateway>) => (gateway = await startGateway(...options));
afterEach(() => gateway.stop());

describe('reading', () => {
  it('answers JSON with a strong ETag, and 304 to whoever has it', async () => {
    const { send, url } = await start();
    const response = await send('GET', '/v1/documents/plan:a');
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe('"12"');
    expect(await response.json()).toMatchObject({
      document: 'plan:a',
      revision: 12,
      url: `${url}/plan/a`,
      kind: 'plan',
      steps: [{ id: 's1', done: true }],
    });
    // Without a Cache-Control of ours, fetch adds one that asks for a full answer.
    const headers = { 'if-none-match': '"12"', 'cache-control': 'max-age=0' };
    const again = await send('GET', '/v1/documents/plan:a', { headers });
    expect(again.status).toBe(304);
  });

  it('answers Markdown', async () => {
    const { send } = await start();
    const response = await send('GET', '/v1/documents/plan:a?format=markdown');
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await response.text()).toContain('Ship on Friday.');
  });

  it('answers what Yjs has', async () => {
    const { send, requests } = await start({ pod: () => ({ ok: true, seq: 5, value: 'AAEC' }) });
    const response = await send('GET', '/v1/documents/plan:a?format=yjs');
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2]);
    expect(requests).toMatchObject([{ type: 'read', as: 'yjs' }]);
  });

  it('asks the pod for what the caller has already seen', async () => {
    const { send, requests } = await start();
    await send('GET', '/v1/documents/plan:a?at_least=7');
    expect(requests).toMatchObject([{ type: 'read', at_least: 7, document: { workspace: 'default', id: 'a' } }]);
  });

  it('lists what the catalog has', async () => {
    const { send, url } = await start({
      entries: [
        {
          kind: 'plan',
          id: 'a',
          seq: 4,
          data: { title: 'Release', status: 'draft', done: 1, total: 2 },
          createdAt: new Date(0),
          updatedAt: new Date(1000),
        },
      ],
    });
    expect(await (await send('GET', '/v1/documents?text=rel&limit=5')).json()).toEqual({
      items: [
        {
          document: 'plan:a',
          kind: 'plan',
          id: 'a',
          url: `${url}/plan/a`,
          revision: 4,
          title: 'Release',
          status: 'draft',
          done: 1,
          total: 2,
          updated_at: '1970-01-01T00:00:01.000Z',
        },
      ],
      next: null,
    });
  });
});

describe('writing', () => {
  it('creates under an id that a repetition meets again', async () => {
    const { send, requests, url } = await start();
    const create = () =>
      send('POST', '/v1/documents', {
        body: { kind: 'plan', title: 'Release', steps: [{ title: 'Build it' }], markdown: 'Why.' },
        headers: { 'idempotency-key': 'k1', 'x-agent': 'Robo' },
      });
    const response = await create();
    expect(response.status).toBe(201);
    const written = (await response.json()) as { document: string };
    expect(written).toEqual({
      document: expect.stringMatching(/^plan:[\w-]{22}$/),
      revision: 13,
      changed: ['s1'],
      url: expect.stringContaining(`${url}/plan/`),
    });
    expect(response.headers.get('location')).toBe(`/v1/documents/${written.document}`);
    expect(response.headers.get('etag')).toBe('"13"');
    expect(await (await create()).json()).toMatchObject({ document: written.document });
    const [first, second] = requests as (DocumentRequest & { type: 'command' })[];
    expect(second).toEqual({ ...first, command: { ...first!.command, call: expect.any(String) } });
    expect(first).toMatchObject({
      type: 'command',
      asker: { type: 'agent', id: 'Robo' },
      command: { id: 'k1', verb: { verb: 'plan.create', args: { title: 'Release', blocks: [{ type: 'paragraph' }] } } },
    });
  });

  it.each([
    ['PATCH', '/v1/plans/a', { status: 'done' }, [{ op: 'set', status: 'done' }]],
    [
      'POST',
      '/v1/plans/a/steps',
      { title: 'Test it', after: null },
      [{ op: 'add_step', title: 'Test it', after: null }],
    ],
    ['PATCH', '/v1/plans/a/steps/s1', { done: true }, [{ op: 'edit_step', step: 's1', done: true }]],
    ['PATCH', '/v1/plans/a/steps/s1', { after: 's2' }, [{ op: 'move_step', step: 's1', after: 's2' }]],
    ['DELETE', '/v1/plans/a/steps/s1', undefined, [{ op: 'remove_step', step: 's1' }]],
  ])('%s %s %j becomes a change of the plan', async (method, path, body, changes) => {
    const { send, requests } = await start();
    const response = await send(method, path, { body, headers: { 'if-match': '"12"' } });
    expect(await response.json()).toMatchObject({ document: 'plan:a', revision: 13 });
    expect(response.headers.get('idempotency-key')).toMatch(/^[\w-]{36}$/);
    expect(requests).toMatchObject([{ command: { verb: { verb: 'plan.update', args: { changes, base_rev: 12 } } } }]);
  });

  it.each([
    ['PATCH', '/v1/documents/plan:a', { title: 'B' }, 'plan.update', { changes: [{ op: 'set', title: 'B' }] }],
    ['DELETE', '/v1/documents/plan:a', undefined, 'document.delete', {}],
    ['POST', '/v1/documents/plan:a/undelete', undefined, 'document.undelete', {}],
    [
      'POST',
      '/v1/documents/plan:a/commands',
      {
        commands: [
          { command: 'plan.update', changes: [{ op: 'remove_step', step: '{@s1}' }] },
          { command: 'document.edit', edits: [{ op: 'delete_block', block: '{#k3f9a}' }] },
        ],
      },
      'document.batch',
      {
        commands: [
          { verb: 'plan.update', args: { changes: [{ op: 'remove_step', step: 's1' }] } },
          { verb: 'document.edit', args: { edits: [{ op: 'delete_block', block: 'k3f9a' }] } },
        ],
      },
    ],
  ])('%s %s is one command', async (method, path, body, verb, args) => {
    const { send, requests } = await start();
    const headers = { 'if-match': '"12"', 'idempotency-key': 'k1' };
    const response = await send(method, path, { body, headers });
    expect([response.status, response.headers.get('etag')]).toEqual([200, '"13"']);
    expect(requests).toMatchObject([{ command: { id: 'k1', verb: { verb, args: { ...args, base_rev: 12 } } } }]);
  });

  it('reads the Markdown of edits', async () => {
    const { send, requests } = await start();
    const edits = [{ op: 'replace_text', old_text: 'on **Friday**', new_text: 'on *Monday*', block: '{#k3f9a}' }];
    expect((await send('POST', '/v1/documents/plan:a/edits', { body: { edits } })).status).toBe(200);
    expect(requests).toMatchObject([
      {
        command: {
          verb: {
            verb: 'document.edit',
            args: {
              edits: [
                {
                  op: 'replace_text',
                  quote: 'on **Friday**',
                  quoteRuns: [{ text: 'on ' }, { text: 'Friday', marks: { bold: true } }],
                  replacement: [{ text: 'on ' }, { text: 'Monday', marks: { italic: true } }],
                  block: 'k3f9a',
                },
              ],
            },
          },
        },
      },
    ]);
  });

  it('names a person by id and name', async () => {
    const { send, requests } = await start();
    const headers = { 'x-person-id': 'p1', 'x-person-name': encodeURIComponent('Zoë') };
    await send('PATCH', '/v1/plans/a', { body: { title: 'B' }, headers });
    expect(requests).toMatchObject([{ asker: { type: 'person', id: 'p1', name: 'Zoë' } }]);
  });
});

describe('refusing', () => {
  const step = '/v1/plans/a/steps';
  it.each<[string, string, { body?: unknown; headers?: HeadersInit }, number, string, string]>([
    ['POST', step, { body: { title: 'A', colour: 'red' } }, 400, 'invalid_request', 'colour: there is no such field'],
    ['POST', step, { body: {} }, 400, 'invalid_request', 'title:'],
    ['POST', step, { body: { title: 'A', id: 'b' } }, 400, 'invalid_request', 'id: is already given by the address'],
    ['POST', `${step}?title=A`, { body: { title: 'A' } }, 400, 'invalid_request', 'title: is already given'],
    ['POST', step, { body: [1] }, 400, 'invalid_request', 'must be a JSON object'],
    ['POST', step, { body: '{"title": ' }, 400, 'invalid_request', 'not valid JSON'],
    ['POST', step, { body: 'x', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type', 'JSON'],
    ['POST', step, { body: { title: 'A' }, headers: { 'if-match': 'W/"1"' } }, 400, 'invalid_request', 'If-Match'],
    [
      'POST',
      step,
      { body: { title: 'A', base_rev: 3 }, headers: { 'if-match': '"1"' } },
      400,
      'invalid_request',
      'base_rev',
    ],
    [
      'POST',
      step,
      { body: { title: 'A' }, headers: { 'idempotency-key': 'a b' } },
      400,
      'invalid_request',
      'Idempotency-Key',
    ],
    ['POST', step, { body: { title: 'A' }, headers: { 'x-agent': '%' } }, 400, 'invalid_request', 'X-Agent'],
    ['POST', step, { body: { title: 'A', note: 'x'.repeat(5000) } }, 400, 'invalid_request', 'note:'],
    ['POST', step, { body: { title: 'A', note: 'x'.repeat(800_000) } }, 413, 'too_large', '786432 bytes'],
    ['PATCH', '/v1/plans/a', { body: {} }, 400, 'invalid_request', 'at least one field'],
    ['PATCH', '/v1/plans/a%2Fb', { body: { title: 'A' } }, 400, 'invalid_request', 'id:'],
    [
      'POST',
      '/v1/documents',
      { body: { title: 'A' }, headers: { 'if-match': '"1"' } },
      400,
      'invalid_request',
      'If-Match',
    ],
    ['POST', '/v1/documents', { body: { title: 'A', kind: 'poem' } }, 400, 'invalid_request', 'kind:'],
    ['GET', '/v1/documents/poem:a', {}, 400, 'invalid_request', 'document:'],
    ['GET', '/v1/documents/%E0%A4%A', {}, 400, 'invalid_request', 'percent-encoding'],
    ['GET', '/v1/documents/plan:a?format=pdf', {}, 400, 'invalid_request', 'format:'],
    ['GET', '/v1/documents/plan:a?at_least=-1', {}, 400, 'invalid_request', 'at_least:'],
    ['GET', '/v1/documents?limit=1&limit=2', {}, 400, 'invalid_request', 'limit: is given more than once'],
    ['GET', '/v1/documents?colour=red', {}, 400, 'invalid_request', 'colour'],
    ['GET', '/v1/documents?text=%00', {}, 400, 'invalid_request', 'control characters'],
    ['PUT', '/v1/plans/a', { body: {} }, 405, 'method_not_allowed', 'PATCH'],
    ['GET', '/v1/nothing', {}, 404, 'not_found', '/v1/nothing'],
    ['GET', '/nothing', {}, 404, 'not_found', '/nothing'],
  ])('%s %s %# is a problem that says what is wrong', async (method, path, options, status, code, detail) => {
    const { send, requests } = await start();
    const response = await send(method, path, options);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: `https://syncline.dev/problems/${code}`, status, code });
    expect(problem['detail']).toContain(detail);
    expect(response.status).toBe(status);
    expect(requests).toEqual([]);
  });

  it('points at fields', async () => {
    const { send } = await start();
    const body = { title: 'A', steps: [{ title: 'ok' }, { title: '', colour: 1 }] };
    const problem = (await (await send('POST', '/v1/documents', { body })).json()) as { errors: { field: string }[] };
    expect(problem.errors.map(({ field }) => field).toSorted()).toEqual(['steps[1].colour', 'steps[1].title']);
  });

  it('says where malformed JSON breaks', async () => {
    const { send } = await start();
    const response = await send('POST', step, { body: '{\n  "title" "A"\n}' });
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/line 2/) });
  });

  it('names the methods there are', async () => {
    const { send } = await start();
    expect((await send('PUT', '/v1/documents')).headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
    const options = await send('OPTIONS', '/v1/plans/a');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'PATCH, OPTIONS']);
    expect((await send('HEAD', '/v1/documents/plan:a')).status).toBe(200);
  });

  it('refuses Markdown that grows too large for the bus', async () => {
    const { send, requests } = await start({ settings: { messageLimitBytes: 2000 } });
    const edits = [{ op: 'append', markdown: 'a\n\n'.repeat(100) }];
    const response = await send('POST', '/v1/documents/plan:a/edits', { body: { edits } });
    expect([response.status, requests.length]).toEqual([413, 0]);
  });

  it('takes an update as bytes or in base64, and makes a document of one', async () => {
    const { url, send, requests } = await start({ settings: { bodyLimitBytes: 1_000, messageLimitBytes: 1_000 } });
    const headers = { 'content-type': 'application/octet-stream', 'if-match': '"3"' };
    const bytes = (path: string, length: number) =>
      fetch(url + path, {
        method: 'POST',
        headers: path.endsWith('updates') ? headers : { 'content-type': headers['content-type'] },
        body: new Uint8Array(length),
      });
    expect((await bytes('/v1/documents/doc:a/updates', 3)).status).toBe(200);
    const body = { update: 'AAAA', base_rev: 3 };
    expect((await send('POST', '/v1/documents/doc:a/updates', { body })).status).toBe(200);
    expect((await bytes('/v1/documents?kind=doc&id=b', 3)).status).toBe(201);
    expect(requests.map((request) => request.type === 'command' && request.command.verb)).toEqual([
      { verb: 'doc.apply', args: { update: 'AAAA', base_rev: 3 } },
      { verb: 'doc.apply', args: { update: 'AAAA', base_rev: 3 } },
      { verb: 'doc.create', args: { update: 'AAAA' } },
    ]);
    const refusals = [
      await bytes('/v1/documents/doc:a/updates', 900),
      await bytes('/v1/documents/doc:a/updates', 1_001),
      await bytes('/v1/documents/doc:a/undelete', 3),
      await send('POST', '/v1/documents/doc:a/updates', { body: { update: 'no base64' } }),
      await bytes('/v1/documents/plan:a/updates', 3),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([413, 413, 415, 400, 400]);
    expect(await refusals[0]!.json()).toMatchObject({ detail: expect.stringContaining('at most 1000') });
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['GET', '/v1/keys', undefined],
    ['POST', '/v1/keys', { name: 'a', role: 'viewer' }],
    ['POST', '/v1/tokens', {}],
    ['POST', '/v1/documents/plan:a/links', {}],
    ['POST', '/v1/rights', { subject: 'ann', role: 'viewer' }],
  ])('[A15] %s %s finds no keys in open mode', async (method, path, body) => {
    const { send, requests } = await start();
    const response = await send(method, path, { body });
    expect([response.status, requests.length]).toEqual([404, 0]);
    expect(((await response.json()) as { detail: string }).detail).toContain('AUTH_MODE is open');
  });

  it('counts calls and refusals without naming documents', async () => {
    const { send, metrics } = await start();
    await send('GET', '/v1/documents/plan:secret');
    await send('PATCH', '/v1/plans/secret', { body: {} });
    await send('GET', '/v1/nothing');
    const text = await metrics.registry.metrics();
    expect(text).toContain('syncline_gateway_requests_total{door="rest",operation="documents.read",status="2xx"} 1');
    expect(text).toContain('syncline_gateway_requests_total{door="rest",operation="plans.set",status="4xx"} 1');
    expect(text).toContain('syncline_gateway_refusals_total{code="not_found"} 1');
    expect(text).not.toContain('secret');
  });
});

it('refuses new calls once closed, and says that the same may be sent again', async () => {
  const { send, gateway: closed } = await start({ pod: agreeable });
  await closed.close();
  const response = await send('PATCH', '/v1/plans/a', { body: { title: 'A' } });
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await response.json()).toMatchObject({ code: 'draining' });
});

it('says that the list is unavailable when the database is', async () => {
  const catalog = { list: () => Promise.reject(new Error('connection refused')) };
  const { send } = await start({ catalog });
  const response = await send('GET', '/v1/documents');
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain('connection refused');
});

it('keeps what broke inside to itself', async () => {
  const { send } = await start({ pod: () => ({ ok: false, error: { code: 'odd' as never, detail: 'x', extra: {} } }) });
  const response = await send('GET', '/v1/documents/plan:a');
  expect(await response.json()).toMatchObject({
    status: 500,
    code: 'internal',
    detail: expect.not.stringContaining('odd'),
  });
});
