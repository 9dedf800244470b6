import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../../services/sync/sim/random.ts';
import { mangle, mangleJson, noise } from './mangle.ts';
import type { Tally } from './tally.ts';

interface HttpInput {
  kind: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | string;
}

const PLAN = { kind: 'plan', title: 'Fuzz', steps: [{ title: 'a', done: true, note: 'n' }], markdown: 'Some *text*.' };
const EDITS = {
  edits: [
    { op: 'append', markdown: '# more' },
    { op: 'replace_text', old_text: 'more', new_text: 'less' },
  ],
};
const CALLS: readonly [string, string, unknown][] = [
  ['POST', '/v1/documents', PLAN],
  ['PATCH', '/v1/plans/fuzz', { title: 'B', status: 'in_progress', owner: 'x', base_rev: 1 }],
  ['POST', '/v1/plans/fuzz/steps', { title: 'c', note: 'x', assignee: 'y', after: 'a' }],
  ['PATCH', '/v1/plans/fuzz/steps/a', { done: true, title: 'x' }],
  ['DELETE', '/v1/plans/fuzz/steps/a', {}],
  ['POST', '/v1/documents/plan:fuzz/edits', EDITS],
];
const READS = [
  '/v1/documents/plan:fuzz-0-0',
  '/v1/documents/plan:fuzz-1-0?format=markdown',
  '/v1/documents',
  '/v1/documents/plan:fuzz',
  '/v1/documents?text=a&limit=3',
  '/v1/documents/plan:fuzz?format=markdown&at_least=1',
];
const TOOLS = ['create_document', 'search', 'read_document', 'update_plan', 'edit_document'];
const JSON_TYPE = { 'content-type': 'application/json' };
const DEADLINE_MS = 60_000;

const KINDS: readonly [string, (chance: Chance) => Omit<HttpInput, 'kind'>][] = [
  [
    'mangled body',
    (chance) => {
      const [method, path, body] = chance.pick(CALLS);
      return { method, path, headers: JSON_TYPE, body: mangleJson(body, chance) };
    },
  ],
  [
    'odd headers',
    (chance) => {
      const [method, path, body] = chance.pick(CALLS);
      return { method, path, headers: { ...JSON_TYPE, ...oddHeaders(chance) }, body: JSON.stringify(body) };
    },
  ],
  [
    'noise as a body',
    (chance) => {
      const [method, path] = chance.pick(CALLS);
      return { method, path, headers: JSON_TYPE, body: Buffer.from(noise(chance, chance.int(3_000))) };
    },
  ],
  [
    'mangled address',
    (chance) => ({
      method: chance.pick(['GET', 'HEAD', 'PUT', 'OPTIONS', 'GET', 'GET', 'DELETE', 'POST']),
      path: mangledPath(chance),
      headers: {},
      body: '',
    }),
  ],
  [
    'too large',
    () => ({
      method: 'POST',
      path: '/v1/documents',
      headers: JSON_TYPE,
      body: JSON.stringify({ ...PLAN, markdown: 'x'.repeat(800_000) }),
    }),
  ],
  [
    'mangled MCP',
    (chance) => {
      const headers = {
        ...JSON_TYPE,
        accept: 'application/json, text/event-stream',
        ...(chance.hits(0.2) && oddHeaders(chance)),
      };
      return { method: 'POST', path: '/mcp', headers, body: mangleJson(mcpCall(chance), chance) };
    },
  ],
  [
    'MCP with odd arguments',
    (chance) => {
      const call = mcpCall(chance);
      const text = JSON.stringify({ ...call, params: { name: chance.pick(TOOLS), arguments: '@' } });
      const headers = { ...JSON_TYPE, accept: 'application/json, text/event-stream' };
      return { method: 'POST', path: '/mcp', headers, body: text.replace('"@"', () => mangleJson(PLAN, chance)) };
    },
  ],
];

function mcpCall(chance: Chance) {
  const method = chance.pick([
    'initialize',
    'tools/list',
    'tools/call',
    'ping',
    'notifications/initialized',
    'resources/read',
  ]);
  const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'fuzz', version: '1' } };
  const call = { name: chance.pick(TOOLS), arguments: { document: 'plan:fuzz', text: 'a', title: 'b', kind: 'plan' } };
  return { jsonrpc: '2.0', id: 1, method, params: method === 'initialize' ? client : call };
}

function oddHeaders(chance: Chance): Record<string, string> {
  const odd = [
    '',
    '\u00ff\u00fe',
    '%',
    '%00',
    '"',
    'W/"1"',
    '"99999999999999999999"',
    'x'.repeat(3_000),
    '-1',
    '__proto__',
    'gzip',
    'utf-16',
    '*/*;q=2',
  ];
  const names = [
    'idempotency-key',
    'if-match',
    'x-agent',
    'x-person-id',
    'x-person-name',
    'accept',
    'content-encoding',
    'mcp-session-id',
    'mcp-protocol-version',
    'authorization',
    'last-event-id',
  ];
  const types = [
    'text/plain',
    'application/json; charset=utf-7',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '',
  ];
  return { [chance.pick(names)]: chance.pick(odd), ...(chance.hits(0.3) && { 'content-type': chance.pick(types) }) };
}

function mangledPath(chance: Chance): string {
  const base = chance.pick([...READS, ...CALLS.map(([, path]) => path), '/mcp', '/sync/plan:x', '/']);
  const odd = [
    '%00',
    '%',
    '%ff%fe',
    '..',
    '../../../etc/passwd',
    '?a[b]=c&a=d&a=e',
    '?__proto__[x]=1',
    '//',
    `/${'x'.repeat(4_000)}`,
    '?limit=1e9',
    '?at_least=9007199254740991',
    '%ed%a0%80',
  ];
  if (chance.hits(0.5)) return base + chance.pick(odd);
  return `/${Buffer.from(mangle(Buffer.from(base), chance))
    .toString('latin1')
    .replace(/[^\x21-\x7e]/g, '%')}`;
}

/** Sends hostile requests, one after the other. */
export async function fuzzHttp(options: {
  urls: string[];
  inputs: number;
  chance: Chance;
  tally: Tally;
}): Promise<void> {
  const { urls, inputs, chance, tally } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let n = 0; n < inputs; n++) {
    const [kind, make] = chance.pick(KINDS);
    const input = { kind: `HTTP: ${kind}`, ...make(chance) };
    const { outcome, wrong } = await askUntilAnswered(chance.pick(urls), input, agent);
    const what = `${input.method} ${input.path.slice(0, 100)} ${JSON.stringify(input.headers).slice(0, 150)} ${input.body.toString('latin1').slice(0, 200)}`;
    tally.add(input.kind, outcome, wrong ? `${wrong}: ${what}` : undefined);
  }
  agent.destroy();
}

interface Answer {
  outcome: string;
  wrong?: string;
  /** In seconds, of a 503. */
  retryAfter?: number;
}

/** A server that is busy may say so; whoever then waits as told gets an answer. */
async function askUntilAnswered(url: string, input: HttpInput, agent: Agent): Promise<Answer> {
  for (const deadline = performance.now() + DEADLINE_MS; ;) {
    const answer = await ask(url, input, agent);
    if (answer.retryAfter === undefined || performance.now() > deadline) return answer;
    await pause(answer.retryAfter * 1_000);
  }
}

/** Whatever is asked, the answer is one of ours: it names what is wrong and is never a fault of the server's. */
function ask(url: string, input: HttpInput, agent: Agent): Promise<Answer> {
  return new Promise((resolve) => {
    const { method, path, headers, body } = input;
    let asked;
    try {
      // Node would not say how long the body of a DELETE is.
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      asked = request(`${url}/`, { method, path, headers: { ...headers, ...length }, agent, timeout: DEADLINE_MS });
    } catch {
      // Node itself does not send it.
      return resolve({ outcome: 'not sent' });
    }
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { statusCode = 0 } = response;
        const type = String(response.headers['content-type'] ?? '');
        const outcome = String(statusCode);
        const retryAfter = statusCode === 503 ? response.headers['retry-after'] : undefined;
        if (statusCode >= 500)
          resolve({ outcome, wrong: text.slice(0, 200), ...(retryAfter && { retryAfter: Number(retryAfter) }) });
        else if (
          statusCode >= 400 &&
          method !== 'HEAD' &&
          !type.startsWith('application/problem+json') &&
          !isRpcError(text)
        )
          resolve({ outcome, wrong: `no problem but ${type} ${text.slice(0, 100)}` });
        else resolve({ outcome });
      });
      response.on('error', () => resolve({ outcome: 'answer cut', wrong: 'cut' }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ outcome: error.code ?? error.message, ...(error.message === 'no answer' && { wrong: 'no answer' }) }),
    );
    asked.end(body);
  });
}

/** MCP has its own way to say what is wrong. */
function isRpcError(text: string): boolean {
  return text.startsWith('{"jsonrpc":"2.0"') && text.includes('"error"');
}
