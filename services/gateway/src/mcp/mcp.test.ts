import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { DocumentReply, Principal } from '@syncline/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { agreeable, type GatewayUnderTest, PLAN, slow, startGateway } from '../../test/gateway-under-test.ts';

let gateway: GatewayUnderTest;
const start = async (...options: Parameters<typeof startGateway>) => (gateway = await startGateway(...options));
afterEach(() => gateway.stop());

interface ToolResult {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: unknown;
}

async function connect(headers: Record<string, string> = {}) {
  const client = new Client({ name: 'legacy-client', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), { requestInit: { headers } });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  const call = async (name: string, args: Record<string, unknown>) => {
    const result = (await client.callTool({ name, arguments: args })) as unknown as ToolResult;
    return { ...result, text: result.content.map(({ text }) => text).join('\n') };
  };
  return { client, call };
}

describe('with the 1.x client', () => {
  it('lists strict tools with all four annotations, and instructs', async () => {
    await start();
    const { client } = await connect();
    expect(client.getInstructions()).toContain('{@id}');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'search',
      'read_document',
      'create_document',
      'update_plan',
      'edit_document',
    ]);
    for (const tool of tools) {
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.inputSchema).not.toHaveProperty('$ref');
      expect(Object.keys(tool.annotations!).toSorted()).toEqual([
        'destructiveHint',
        'idempotentHint',
        'openWorldHint',
        'readOnlyHint',
      ]);
    }
    await client.close();
  });

  it('reads as text only, revision first', async () => {
    await start();
    const { call } = await connect();
    const read = await call('read_document', { document: 'plan:a' });
    expect(read.structuredContent).toBeUndefined();
    expect(read.text.split('\n').slice(0, 3)).toEqual(['rev: 12', 'document: plan:a', `url: ${gateway.url}/plan/a`]);
    expect(read.text).toContain('Ship on Friday.');
  });

  it('reads a long document in pages', async () => {
    const block = { ...PLAN.blocks[0]!, content: [{ text: 'word '.repeat(20).trim(), marks: {} }] };
    const blocks = Array.from({ length: 30 }, (_, at) => ({ ...block, id: `b${at}`, anchor: `anch${at}` }));
    await start({
      pod: () => ({ ok: true, seq: 12, value: { ...PLAN, blocks } }),
      settings: { pageCharacters: 1000 },
    });
    const { call } = await connect();
    let [cursor, pages, text] = [undefined as string | undefined, 0, ''];
    do {
      const read = await call('read_document', { document: 'plan:a', ...(cursor !== undefined && { cursor }) });
      text += read.text;
      pages++;
      cursor = /cursor: "([^"]+)"/.exec(read.text)?.[1];
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(3);
    for (const { anchor } of blocks) expect(text.split(`{#${anchor}}`)).toHaveLength(2);
  });

  it('writes once per op_id, under the name of X-Agent', async () => {
    const { requests } = await start();
    const { call } = await connect({ 'x-agent': 'Robo' });
    const create = () => call('create_document', { title: 'A', steps: [{ title: 'one' }], op_id: 'op-1' });
    const [first, second] = [await create(), await create()];
    expect(first.text).toMatch(/^rev: 13\ndocument: plan:[\w-]{22}\nchanged: s1\nurl: /);
    expect(second.text).toBe(first.text);
    await call('update_plan', { document: 'plan:a', changes: [{ op: 'edit_step', step: '{@s1}', done: true }] });
    expect(requests).toMatchObject([
      { asker: { type: 'agent', id: 'Robo' }, command: { id: 'op-1' } },
      { command: { id: 'op-1' } },
      { command: { verb: { args: { changes: [{ op: 'edit_step', step: 's1', done: true }] } } } },
    ]);
  });

  it('says which argument is wrong', async () => {
    const { requests } = await start();
    const { call } = await connect();
    const unknown = await call('edit_document', {
      document: 'plan:a',
      edits: [{ op: 'append', markdown: 'a' }],
      append: 1,
    });
    expect([unknown.isError, unknown.text]).toEqual([true, expect.stringContaining('append: there is no such field')]);
    const change = await call('update_plan', { document: 'plan:a', changes: [{ op: 'move_step', step: 's' }] });
    expect([change.isError, change.text]).toEqual([true, expect.stringContaining('changes[0].after: move_step needs')]);
    const opId = await call('update_plan', { document: 'plan:a', changes: [{ op: 'set', title: 'A' }], op_id: 'a b' });
    expect([opId.isError, opId.text]).toEqual([true, expect.stringContaining('op_id')]);
    expect(requests).toEqual([]);
  });

  it('tells how to recover, with the current text', async () => {
    const refusal: DocumentReply = {
      ok: false,
      error: { code: 'conflict', detail: 'Found twice.', extra: { current: 'one\ntwo', revision: 14 } },
    };
    await start({ pod: () => refusal });
    const { call } = await connect();
    const edits = [{ op: 'replace_text', old_text: 'a', new_text: 'b' }];
    const { isError, text } = await call('edit_document', { document: 'plan:a', edits });
    expect([isError, text]).toEqual([true, 'conflict: Found twice.\ncurrent: \none\ntwo\nrevision: 14']);
  });

  it('tells of a call that is still running how to get its answer', async () => {
    await start({ pod: () => ({ ok: false, error: { code: 'in_progress', detail: 'Running.', extra: {} } }) });
    const { call } = await connect();
    const args = { document: 'plan:a', changes: [{ op: 'set', title: 'A' }], op_id: 'op-7' };
    const { isError, text } = await call('update_plan', args);
    expect([isError, text]).toEqual([true, expect.stringMatching(/^in_progress: Running\.\nWait .* op_id: "op-7"/)]);
  });

  it('names the op_id to repeat after an unknown outcome', async () => {
    const { requests } = await start({ pod: slow, settings: { rpcTimeoutMs: 20 } });
    const { call } = await connect();
    const { isError, text } = await call('update_plan', { document: 'plan:a', changes: [{ op: 'set', title: 'A' }] });
    const [request] = requests;
    expect(isError).toBe(true);
    expect(text).toContain(`op_id: "${request?.type === 'command' ? request.command.id : ''}"`);
  });

  it('lists what the catalog has', async () => {
    const data = { title: 'Release', status: 'draft', done: 1, total: 2 };
    const dates = { createdAt: new Date(0), updatedAt: new Date(0) };
    await start({ entries: [{ kind: 'plan', id: 'a', seq: 4, data, ...dates }] });
    const { call } = await connect();
    expect((await call('search', {})).text).toBe(
      `- plan:a "Release" draft, 1/2 done, rev 4, changed 1970-01-01T00:00:00.000Z, ${gateway.url}/plan/a`,
    );
  });
});

describe('with the 2026-07-28 protocol', () => {
  const META = 'io.modelcontextprotocol/';
  const VERSION = '2026-07-28';

  async function modern(method: string, params: Record<string, unknown>, headers: Record<string, string> = {}) {
    const meta = {
      [`${META}protocolVersion`]: VERSION,
      [`${META}clientInfo`]: { name: 'modern-client', version: '1' },
      [`${META}clientCapabilities`]: {},
    };
    const response = await gateway.send('POST', '/mcp', {
      body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } },
      headers: {
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': VERSION,
        'mcp-method': method,
        ...(typeof params['name'] === 'string' && { 'mcp-name': params['name'] }),
        ...headers,
      },
    });
    return (await response.json()) as { result: ToolResult & Record<string, unknown>; error?: unknown };
  }

  it('discovers, lists and calls, under the client’s name', async () => {
    const { requests } = await start();
    expect((await modern('server/discover', {})).result).toMatchObject({ supportedVersions: [VERSION] });
    expect((await modern('tools/list', {})).result['tools']).toHaveLength(5);
    const args = { document: 'plan:a', changes: [{ op: 'set', title: 'A' }] };
    const { result } = await modern('tools/call', { name: 'update_plan', arguments: args });
    expect(result.content[0]?.text).toMatch(/^rev: 13/);
    await modern('tools/call', { name: 'update_plan', arguments: args }, { 'x-agent': 'Robo' });
    expect(requests.map(({ asker }) => (asker as Principal).id)).toEqual(['modern-client', 'Robo']);
  });
});

describe('the endpoint', () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'update_plan', arguments: { document: 'plan:a', changes: [{ op: 'set', title: 'A' }] } },
  };
  const accept = 'application/json, text/event-stream';

  it.each([
    ['claude-code/2.1 (cli)', 'claude-code'],
    ['node', 'anonymous'],
    ['Mozilla/5.0', 'anonymous'],
  ])('names an agent of the older era by its program: %s', async (agent, id) => {
    const { send, requests } = await start();
    await (await send('POST', '/mcp', { body: initialize, headers: { accept, 'user-agent': agent } })).text();
    expect(requests).toMatchObject([{ asker: { type: 'agent', id } }]);
  });

  it('answers GET with 405, broken JSON and large bodies with errors of JSON-RPC', async () => {
    const { send } = await start({ settings: { bodyLimitBytes: 1000 } });
    expect((await send('GET', '/mcp')).status).toBe(405);
    const broken = await send('POST', '/mcp', { body: '{', headers: { accept } });
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: -32700 } }]);
    const large = await send('POST', '/mcp', { body: JSON.stringify('x'.repeat(1000)), headers: { accept } });
    expect([large.status, await large.json()]).toMatchObject([413, { jsonrpc: '2.0' }]);
  });

  it('does not stop a write when the client hangs up', async () => {
    const hangUp = new AbortController();
    const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
    const { url } = await start({
      async pod(request) {
        hangUp.abort();
        await new Promise((resolve) => setTimeout(resolve, 30));
        finish();
        return agreeable(request);
      },
    });
    const sent = fetch(`${url}/mcp`, {
      method: 'POST',
      body: JSON.stringify(initialize),
      headers: { accept, 'content-type': 'application/json' },
      signal: hangUp.signal,
    });
    await expect(sent.then((response) => response.text())).rejects.toThrow('aborted');
    await finished;
  });
});
