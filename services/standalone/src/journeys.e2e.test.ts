import { HocuspocusProvider } from '@hocuspocus/provider';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { until } from '@syncline/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { startProcess, type SystemProcess, temporaryFolder } from './testing.ts';

let system: SystemProcess;
const folder = temporaryFolder();
const agent = new Client({ name: 'stock-client', version: '1.0.0' });
beforeAll(async () => {
  system = await startProcess({ DATA_DIR: folder.path });
  await agent.connect(new StreamableHTTPClientTransport(new URL(`${system.url}/mcp`)));
});
afterAll(async () => {
  await agent.close();
  await system.stop();
  folder.remove();
});

it('a stock MCP client’s plan is in a stock provider, whose edits the agent reads back', async () => {
  const made = await call('create_document', {
    kind: 'plan',
    title: 'Move to the new queue',
    steps: [{ title: 'Write the adapter' }, { title: 'Run both' }, { title: 'Switch' }],
    markdown: 'We move **slowly**: one consumer at a time.',
  });
  const [name] = /plan:[\w-]+/.exec(made)!;
  const person = connect(name);
  await person.synced;
  const steps = person.doc.getMap<Y.Map<unknown>>('steps');
  expect([...steps.values()].map((step) => String(step.get('title'))).toSorted()).toEqual([
    'Run both',
    'Switch',
    'Write the adapter',
  ]);

  const [first] = [...steps.values()].filter((step) => String(step.get('title')) === 'Write the adapter');
  first!.set('done', true);
  await person.acknowledged();
  expect(await call('read_document', { document: name })).toContain('[x] 1. Write the adapter');

  await call('edit_document', {
    document: name,
    edits: [{ op: 'replace_text', old_text: 'one consumer at a time', new_text: 'two consumers at a time' }],
  });
  await until(() => person.doc.getXmlFragment('document').toString().includes('two consumers at a time'));
  expect(await call('read_document', { document: name })).toContain('We move **slowly**: two consumers at a time.');
  person.provider.destroy();
});

it('an agent’s edits by quotation and a person’s typing in one paragraph lose nothing', async () => {
  const made = await call('create_document', { kind: 'plan', title: 'Typing', markdown: 'alpha beta gamma' });
  const [name] = /plan:[\w-]+/.exec(made)!;
  const person = connect(name);
  await person.synced;
  const text = textOf(person.doc);
  const typed = 'The person types on and on while the agent edits. ';
  const typing = (async () => {
    for (const [index, character] of [...typed].entries()) {
      text.insert(index, character);
      await new Promise((resolve) => {
        setTimeout(resolve, 3);
      });
    }
  })();
  for (const [from, to] of [
    ['beta', 'BETA'],
    ['gamma', 'GAMMA'],
    ['alpha', 'ALPHA'],
  ] as const)
    await call('edit_document', { document: name, edits: [{ op: 'replace_text', old_text: from, new_text: to }] });
  await typing;
  await person.acknowledged();
  await until(() => text.toString() === `${typed}ALPHA BETA GAMMA`);
  expect(await call('read_document', { document: name })).toContain(`${typed}ALPHA BETA GAMMA`);
  person.provider.destroy();
});

it('the same op_id sent twice takes effect once, and with other content is refused', async () => {
  const made = await call('create_document', { kind: 'plan', title: 'Once', op_id: 'make-1' });
  expect(await call('create_document', { kind: 'plan', title: 'Once', op_id: 'make-1' })).toBe(made);
  const [name] = /plan:[\w-]+/.exec(made)!;
  const changes = [{ op: 'add_step', title: 'only' }];
  const added = await call('update_plan', { document: name, changes, op_id: 'add-1' });
  expect(await call('update_plan', { document: name, changes, op_id: 'add-1' })).toBe(added);
  const refused = await agent.callTool({
    name: 'update_plan',
    arguments: { document: name, changes: [{ op: 'add_step', title: 'another' }], op_id: 'add-1' },
  });
  expect(refused.isError).toBe(true);
  expect((await call('read_document', { document: name })).match(/\[ \]/g)).toHaveLength(1);
});

it('an edit inside a code block keeps its asterisks', async () => {
  const markdown = '```ts\nconst area = width * height;\n```';
  const made = await call('create_document', { kind: 'plan', title: 'Code', markdown });
  const [name] = /plan:[\w-]+/.exec(made)!;
  await call('edit_document', {
    document: name,
    edits: [{ op: 'replace_text', old_text: 'width * height', new_text: 'width ** 2 * __scale__' }],
  });
  expect(await call('read_document', { document: name })).toContain('const area = width ** 2 * __scale__;');
});

it('tells an agent how to recover from a quotation that is not there', async () => {
  const made = await call('create_document', { kind: 'plan', title: 'Quote', markdown: 'What is really here.' });
  const [name] = /plan:[\w-]+/.exec(made)!;
  const result = await agent.callTool({
    name: 'edit_document',
    arguments: { document: name, edits: [{ op: 'replace_text', old_text: 'What is not here', new_text: 'x' }] },
  });
  expect(result.isError).toBe(true);
  expect(JSON.stringify(result.content)).toContain('What is really here.');
});

async function call(name: string, args: Record<string, unknown>): Promise<string> {
  const result = await agent.callTool({ name, arguments: args });
  const [content] = result.content as { type: string; text: string }[];
  if (result.isError) throw new Error(content!.text);
  expect(result.structuredContent).toBeUndefined();
  return content!.text;
}

function connect(name: string) {
  const doc = new Y.Doc();
  const url = `${system.url.replace('http', 'ws')}/sync/${name}`;
  const provider = new HocuspocusProvider({ url, name, document: doc, token: 'person:ann:Ann' });
  return {
    doc,
    provider,
    synced: new Promise((resolve) => provider.on('synced', resolve)),
    acknowledged: () => until(() => !provider.hasUnsyncedChanges),
  };
}

function textOf(doc: Y.Doc): Y.XmlText {
  const walker = doc.getXmlFragment('document').createTreeWalker((node) => node instanceof Y.XmlText);
  return [...walker][0] as unknown as Y.XmlText;
}
