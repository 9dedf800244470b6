import { array, nat, sample } from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGateway } from '../../test/gateway-under-test.ts';
import type { Operation } from '../operations/operation.ts';
import { OPERATIONS } from '../operations/table.ts';

const COUNT = 10_000;
const AT_ONCE = 16;
const SEED = 5;

type Input = Record<string, unknown>;

const document = 'plan:a';
const step = { title: 'A', done: true, note: 'n', assignee: 'a' };
const changes = [
  { op: 'set', title: 'A', status: 'done' },
  { op: 'add_step', title: 'A', after: null },
  { op: 'edit_step', step: 's1', done: true },
];
const edits = [
  { op: 'replace_text', old_text: 'a', new_text: 'b' },
  { op: 'append', markdown: 'a' },
];
const person = { id: 'p', name: 'P' };

/** One good input for each operation that takes anything; all else is made of these by breaking them. */
const GOOD: Record<string, Input> = {
  'documents.list': { kind: 'plan', status: 'draft', text: 'a', limit: 5 },
  'documents.read': { document, format: 'json', at_least: 0 },
  'documents.create': { kind: 'plan', id: 'a', title: 'A', steps: [step], markdown: 'a', repo: '', pr: '', owner: '' },
  'documents.edit': { document, edits, base_rev: 1 },
  'documents.rename': { document, title: 'A', base_rev: 1 },
  'documents.delete': { document, base_rev: 1 },
  'documents.undelete': { document, base_rev: 1 },
  'documents.commands': {
    document,
    commands: [
      { command: 'plan.update', changes },
      { command: 'document.edit', edits },
    ],
  },
  'docs.apply': { document: 'doc:a', update: 'AQEBACgBAW0BYQF9AQA=', base_rev: 1 },
  'plans.set': { id: 'a', title: 'A', status: 'done', base_rev: 1 },
  'plans.add_step': { id: 'a', ...step, after: null },
  'plans.edit_step': { id: 'a', step: 's1', ...step, after: 's2' },
  'plans.remove_step': { id: 'a', step: 's1', base_rev: 1 },
  'keys.create': { name: 'A', role: 'viewer', documents: [document], expires_at: '2999-01-01T00:00:00Z' },
  'keys.revoke': { id: 'a' },
  'tokens.create': { documents: [document], role: 'viewer', person, ttl_seconds: 60 },
  'links.create': { document, role: 'viewer', expires_at: '2999-01-01T00:00:00Z' },
  'links.list': { document },
  'links.revoke': { document, link: 'a' },
  'rights.set': { subject: 's', document, role: 'viewer' },
  'rights.remove': { subject: 's', document },
};
const JUNK = [null, true, -1, 1.5, 1e300, '', ' ', '\0', '\ud800', 'x'.repeat(5000), '{"a":1}', [], [[]], {}, { a: 1 }];
const TAKING = OPERATIONS.filter(({ rest, input }) => rest && Object.keys(input.shape).length > 0);

interface Bad {
  operation: Operation;
  input: Input;
  /** The field of the input that was broken. */
  field: string;
}

/** Breaks a good input somewhere, however deep. @returns null when what came of it is still good */
function broken(pick: number[]): Bad | null {
  const operation = TAKING[pick[0]! % TAKING.length]!;
  const input = structuredClone(GOOD[operation.name]!);
  let place: Input = input;
  const keys = Object.keys(input);
  const field = keys[pick[1]! % keys.length]!;
  let key = field;
  for (const turn of pick.slice(4)) {
    const below = place[key];
    if (typeof below !== 'object' || below === null || turn % 3 === 0) break;
    place = below as Input;
    const inner = Object.keys(place);
    key = inner[turn % inner.length]!;
  }
  const inPath = operation.rest!.path.includes(`:${field}`);
  if (inPath) input[field] = ['..%2F', 'no such', 'x'.repeat(65), 'board:é'][pick[3]! % 4];
  else if (pick[2]! % 8 === 0 && place === input) input['unheard_of'] = 1;
  else if (pick[2]! % 8 === 1 && !Array.isArray(place)) delete place[key];
  else place[key] = JUNK[pick[3]! % JUNK.length];
  // In a query all is text, which may make it good again.
  for (const [name, type] of Object.entries(operation.rest!.query ?? {})) {
    if (name in input && operation.rest!.method === 'get') input[name] = asRead(textOf(input[name]), type!);
  }
  if (operation.input.safeParse(input).success) return null;
  return { operation, input, field: 'unheard_of' in input ? 'unheard_of' : field };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value);
}

function asRead(text: string, type: 'text' | 'integer'): unknown {
  return type === 'integer' && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

/** @returns what is wrong with the answer; nothing when it is as it should be */
async function sent({ operation, input, field }: Bad): Promise<string[]> {
  const { method, path, query = {} } = operation.rest!;
  const rest = { ...input };
  const take = (name: string) => {
    const value = rest[name];
    delete rest[name];
    return textOf(value);
  };
  let url = `/v1${path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(take(name)))}`;
  const inQuery = method === 'get' ? Object.keys(rest) : Object.keys(query).filter((name) => name in rest);
  const search = new URLSearchParams(inQuery.map((name) => [name, take(name)]));
  if (search.size > 0) url += `?${search}`;
  const response = await gateway.send(method.toUpperCase(), url, method === 'get' ? {} : { body: rest });
  const problem = (await response.json()) as { type?: string; errors?: { field: string; message: string }[] };
  const right =
    response.status >= 400 &&
    response.status < 500 &&
    response.headers.get('content-type') === 'application/problem+json' &&
    problem.type === 'https://syncline.dev/problems/invalid_request' &&
    problem.errors?.some((error) => error.message !== '' && error.field.startsWith(field));
  return right ? [] : [`${method} ${url} ${JSON.stringify(rest)}: ${response.status} ${JSON.stringify(problem)}`];
}

it(`${COUNT} bad bodies are each refused by the field that is wrong`, { timeout: 300_000 }, async () => {
  const picks = sample(array(nat(10_000), { minLength: 10, maxLength: 10 }), {
    seed: SEED,
    numRuns: 4 * COUNT,
  });
  const bad = picks.flatMap((pick) => broken(pick) ?? []).slice(0, COUNT);
  expect(bad).toHaveLength(COUNT);
  expect(new Set(bad.map(({ operation }) => operation.name))).toEqual(new Set(TAKING.map(({ name }) => name)));
  const wrong: string[] = [];
  const left = bad.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of left) wrong.push(...(await sent(one)));
    }),
  );
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(gateway.requests).toEqual([]);
});
