import { randomUUID } from 'node:crypto';
import { type CommandResult, type DocumentRef, type Kind, KINDS, type Verb } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import { until } from '@syncline/runtime/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OPERATIONS } from '../../../gateway/src/operations/table.ts';
import type { Operation } from '../../../gateway/src/operations/operation.ts';
import { by, type Caller, callersOf, HEADERS, OTHER, OWN, type Useless, uselessCredentials } from './callers.ts';
import { type Answer, askMcp, askRest, sendMcp, statusOf } from './doors.ts';
import { INPUTS, nothing, type Target, VERBS } from './inputs.ts';
import { leaks } from './leaks.ts';
import { SECRETS, type Served, startServed } from './served.ts';
import { openAndStay, openAndWrite } from './socket.ts';
import { EXPECTED } from './table.ts';

/** In what nobody may see who may not read the document. */
const HIDDEN = 'clandestine';

let served: Served;
let own: Caller[];
let other: Caller[];
let useless: Useless[];
/** Every key, token and link that was made or shown. */
const secrets = new Set<string>();
beforeAll(async () => {
  const [databaseUrl, natsUrl, redisUrl] = [inject('databaseUrl'), inject('natsUrl'), inject('redisUrl')];
  served = await startServed({ databaseUrl, natsUrl, redisUrl });
  [own, other] = [await callersOf(served, OWN), await callersOf(served, OTHER)];
  useless = await uselessCredentials(served);
  for (const { key, token } of [...own, ...other]) secrets.add(key).add(token);
  for (const { credential } of useless) if (credential) secrets.add(credential);
});
afterAll(() => served.stop());

it('the table has a row for each operation, for each request to a pod and for the socket, and no other', () => {
  const requests = ['read', ...Object.keys(VERBS)].map((name) => `pod:${name}`);
  const asked = [...OPERATIONS.map(({ name }) => name), ...requests, 'socket'];
  expect([...EXPECTED.keys()].toSorted()).toEqual(asked.toSorted());
  expect(Object.keys(INPUTS).toSorted()).toEqual(OPERATIONS.map(({ name }) => name).toSorted());
});

const REST = OPERATIONS.filter(({ rest }) => rest).map((operation) => [operation.name, operation, askRest] as const);
const TOOLS = OPERATIONS.filter(({ mcp }) => mcp).map((operation) => [operation.name, operation, askMcp] as const);

describe.each([
  ['REST', REST, ({ key }: Caller) => key],
  ['MCP', TOOLS, ({ token }: Caller) => token],
] as const)(
  '[A8, A9] over %s each operation answers each role as the table says',
  (_door, operations, credentialOf) => {
    it.each(operations)('%s', async (name, operation, ask) => {
      const row = await rowOf(async (caller, where) => {
        const credential = credentialOf(caller);
        const asked = (target: Target) => ask(served, { operation, input: INPUTS[name]!(target), credential });
        const target = await something(operation);
        const before = await stateOf(target);
        const answer = noted(await asked(target));
        const changed = before !== (await stateOf(target));
        if (mayRead(caller, where)) return cell(answer.status, { changed: changed && answer.status >= 400 });
        const nowhere = nothing();
        const likeNothing = withoutNames(noted(await asked(nowhere)), nowhere) === withoutNames(answer, target);
        return cell(answer.status, { changed, shown: answer.text.includes(HIDDEN), 'told apart': !likeNothing });
      });
      expect(row).toBe(EXPECTED.get(name));
    });

    it.each(operations)('[A3] %s lets nobody in whose credential is worth nothing', async (name, operation, ask) => {
      const target = await something(operation);
      const before = await stateOf(target);
      const answers = useless.map(async ({ name: what, credential, status }) => {
        const answer = await ask(served, { operation, input: INPUTS[name]!(target), credential });
        return [what, answer.status, status, answer.text.includes(HIDDEN)];
      });
      for (const [what, got, wanted, shown] of await Promise.all(answers))
        expect([what, got, shown]).toEqual([what, wanted, false]);
      expect(await stateOf(target)).toBe(before);
    });
  },
);

it('[A3] nor does MCP tell them which tools there are', async () => {
  for (const { name, credential, status } of useless)
    for (const method of ['initialize', 'tools/list', 'server/discover'])
      expect([name, (await sendMcp(served, method, credential)).status]).toEqual([name, status]);
});

it('[A8, A9] what one may not read is in no list and found by no search', async () => {
  const target = await something();
  const list = OPERATIONS.find(({ name }) => name === 'documents.list')!;
  const seen = async (ask: typeof askRest, credential: string) => {
    const answers = [{}, { text: HIDDEN }, { text: HIDDEN, limit: 1 }].map((input) =>
      ask(served, { operation: list, input, credential }),
    );
    return (await Promise.all(answers)).map(({ status, text }) => [
      status,
      text.includes(HIDDEN) || text.includes(target.id),
    ]);
  };
  const admin = own.find(({ name }) => name === 'admin')!;
  // Lists lag a moment behind.
  await until(async () => (await seen(askRest, admin.key)).every(([, shown]) => shown), 60_000);
  for (const [callers, where] of [
    [own, OWN],
    [other, OTHER],
  ] as const)
    for (const caller of callers)
      for (const answers of [await seen(askRest, caller.key), await seen(askMcp, caller.token)])
        for (const answer of answers)
          expect([caller.name, where, ...answer]).toEqual([caller.name, where, 200, mayRead(caller, where)]);
});

it('[A8, A9] a name that is taken where one may not read is taken or forbidden as any other is', async () => {
  const operation = OPERATIONS.find(({ name }) => name === 'documents.create')!;
  const row = await rowOf(async ({ key }) => {
    const input = { id: (await something()).id, title: 'Mine' };
    return cell((await askRest(served, { operation, input, credential: key })).status, {});
  });
  expect(row).toBe(EXPECTED.get('documents.create')!.replace('201 201', '409 409'));
});

describe('[A14] straight to the pod, over NATS, each request counts as far as its token', () => {
  const requests = [...EXPECTED.keys()].filter((name) => name.startsWith('pod:'));

  const targetOf = (name: string) =>
    something({ name: name === 'pod:document.undelete' ? 'documents.undelete' : name });

  const request = async (name: string, asker: string, target: Target) => {
    const verb = name.slice('pod:'.length);
    const document = refOf(
      verb.endsWith('.create') ? target.free : target.id,
      verb.startsWith('doc.') ? 'doc' : 'plan',
    );
    const before = await stateOf(target);
    const command = { id: randomUUID(), verb: { verb, args: VERBS[verb as Verb['verb']] } as Verb };
    const reply = await served.pod.ask(
      asker,
      verb === 'read' ? { type: 'read', document } : { type: 'command', document, command },
    );
    return cell(reply.ok ? 200 : statusOf(reply.error.code), {
      changed: !reply.ok && before !== (await stateOf(target)),
      shown: !reply.ok && JSON.stringify(reply).includes(HIDDEN),
    });
  };

  it.each(requests)('%s', async (name) => {
    const row = await rowOf(async ({ token }) => request(name, token, await targetOf(name)));
    expect(row).toBe(EXPECTED.get(name));
  });

  it.each(requests)('[A3] %s does nothing for a credential that is worth nothing, nor for a key', async (name) => {
    const target = await targetOf(name);
    // A JWT of the host is no token of ours.
    for (const { name: what, credential = '' } of useless)
      expect([what, await request(name, credential, target)]).toEqual([what, '401']);
    for (const { key } of own) expect(await request(name, key, target)).toBe('401');
  });
});

describe('at the socket', () => {
  it('[A8, A9, A13] each role reads and writes as the table says', async () => {
    const row = await rowOf(async (caller, where) => {
      const target = await something();
      const before = await stateOf(target);
      const opened = await openAndWrite(served.pod.url, target.id, caller);
      const changed = before !== (await stateOf(target));
      if (mayRead(caller, where)) {
        const unseen = opened.title !== HIDDEN;
        return cell(opened.outcome, { unseen, changed: changed && opened.outcome !== 'edit' });
      }
      const nowhere = await openAndWrite(served.pod.url, nothing().id, caller);
      return cell(opened.outcome, { changed, 'told apart': JSON.stringify(opened) !== JSON.stringify(nowhere) });
    });
    expect(row).toBe(EXPECTED.get('socket'));
  });

  it('[A3] a credential that is worth nothing opens nothing', async () => {
    const target = await something();
    const before = await stateOf(target);
    for (const { name, credential = '', status } of useless) {
      const { outcome, title } = await openAndWrite(served.pod.url, target.id, { token: credential });
      expect([name, outcome, title]).toEqual([name, status === 401 ? 4001 : 4003, '']);
    }
    expect(await stateOf(target)).toBe(before);
  });
});

describe.each(Object.entries(HEADERS))('[A18] shown as %s', (_form, headersOf) => {
  const doors = [
    ['documents.read', askRest],
    ['documents.rename', askRest],
    ['documents.read', askMcp],
    ['plans.update', askMcp],
  ] as const;

  it('a key and a token let in as the table says, at REST, MCP and the socket', async () => {
    for (const shows of ['key', 'token'] as const) {
      for (const [name, ask] of doors) {
        const operation = OPERATIONS.find((each) => each.name === name)!;
        const row = await rowOf(async (caller) => {
          const asked = { operation, input: INPUTS[name]!(await something()), credential: undefined };
          return cell((await ask(served, { ...asked, headers: headersOf(caller[shows]) })).status, {});
        });
        expect([name, row]).toEqual([name, EXPECTED.get(name)]);
      }
      for (const kind of KINDS) {
        const row = await rowOf(async (caller) => {
          const shown = { kind, headers: headersOf(caller[shows]) };
          return cell((await openAndWrite(served.pod.url, nothing().id, shown)).outcome, {});
        });
        expect([kind, row]).toEqual([kind, EXPECTED.get('socket')]);
      }
    }
  });

  it('[A3] what is worth nothing opens nothing', async () => {
    const target = await something();
    for (const { name, credential = '', status } of useless) {
      const { outcome, title } = await openAndWrite(served.pod.url, target.id, { headers: headersOf(credential) });
      expect([name, outcome, title]).toEqual([name, status === 401 ? 4001 : 4003, '']);
    }
  });

  it('[A11] a socket that was opened by it closes when it is revoked', async () => {
    const target = await something();
    const wanted = { name: HIDDEN, role: 'editor', documents: null, expiresAt: null } as const;
    const { key, record } = await served.admin.createKey(by(OWN), wanted);
    secrets.add(key);
    const stays = openAndStay(served.pod.url, target.id, headersOf(key));
    await stays.opened;
    await served.admin.revokeKey(by(OWN), record.id);
    expect(await stays.closed).toBe(4003);
  });
});

it('[A18] two headers that differ are refused at every door, and a socket’s own token counts before them', async () => {
  const target = await something();
  const [editor, viewer] = ['editor', 'viewer'].map((role) => own.find(({ name }) => name === role)!);
  const headers = { authorization: `Bearer ${editor!.key}`, 'x-api-key': viewer!.key };
  const operation = OPERATIONS.find(({ name }) => name === 'documents.read')!;
  const input = INPUTS[operation.name]!(target);
  for (const ask of [askRest, askMcp]) {
    const answer = await ask(served, { operation, input, credential: undefined, headers });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('Authorization and X-API-Key differ')]);
  }
  const at = (shown: Parameters<typeof openAndWrite>[2]) => openAndWrite(served.pod.url, target.id, shown);
  expect((await at({ headers })).outcome).toBe(4400);
  expect((await at({ headers, token: viewer!.token })).outcome).toBe('read');
});

describe('[A2] after all of that', () => {
  it('the logs hold no key, token, link or secret', () => {
    expect(served.logged.length).toBeGreaterThan(1_000);
    expect(served.logged.some((line) => line.includes('"level":20'))).toBe(true);
    expect(secrets.size).toBeGreaterThan(100);
    expect(leaks(served.logged, [...secrets, ...Object.values(SECRETS)])).toEqual([]);
  });

  it('a secret that somebody logs is found there', () => {
    const before = served.logged.length;
    const log = served.logOf('careless');
    const planted = [...secrets, ...Object.values(SECRETS)];
    for (const secret of planted) log.debug({ note: `let in ${secret}` }, 'as nobody should');
    const lines = served.logged.splice(before);
    expect(leaks(lines, planted)).toEqual(lines);
    // Also without its beginning, or its form.
    for (const secret of own.flatMap(({ key, token }) => [key, token]))
      expect(leaks([`… ${secret.slice(-20)}`], [secret])).toHaveLength(1);
  });
});

type Where = typeof OWN | typeof OTHER;

/** What everyone who is let in is answered, those of the document's own workspace first. */
async function rowOf(ask: (caller: Caller, where: Where) => Promise<string>): Promise<string> {
  const row = [];
  for (const caller of own) row.push(await ask(caller, OWN));
  for (const caller of other) row.push(await ask(caller, OTHER));
  return row.join(' ');
}

function mayRead({ name }: Caller, where: Where): boolean {
  return where === OWN && name !== 'none';
}

/** What was answered, and behind it what should not have been. */
function cell(answered: number | string, faults: Record<string, boolean>): string {
  return [answered, ...Object.keys(faults).filter((fault) => faults[fault])].join('!');
}

/** A document with all that operations are about; deleted, if it is to be undeleted. */
async function something(operation?: Pick<Operation, 'name'>): Promise<Target> {
  const target = nothing();
  const { admin } = served;
  const document = refOf(target.id);
  const plan = { title: HIDDEN, steps: [{ title: HIDDEN }], blocks: [] };
  const [made, , key, link] = await Promise.all([
    carryOut(document, { verb: 'plan.create', args: plan }),
    carryOut(refOf(target.id, 'doc'), { verb: 'doc.create', args: { title: HIDDEN } }),
    admin.createKey(by(OWN), { name: HIDDEN, role: 'viewer', documents: null, expiresAt: null }),
    admin.createLink(by(OWN), { document, role: 'viewer', expiresAt: null }),
    admin.setRight(by(OWN), { subject: target.subject, document: `plan:${target.id}`, role: 'viewer' }),
  ]);
  if (operation?.name === 'documents.undelete') await carryOut(document, { verb: 'document.delete', args: {} });
  secrets.add(key.key).add(link.token);
  return { ...target, step: made.changed[0]!, key: key.record.id, link: link.link.id };
}

async function carryOut(document: DocumentRef, verb: Verb): Promise<CommandResult> {
  const { token } = own.find(({ name }) => name === 'admin')!;
  const reply = await served.pod.ask(token, { type: 'command', document, command: { id: randomUUID(), verb } });
  if (!reply.ok) throw new Error(reply.error.detail);
  return reply.value as CommandResult;
}

function refOf(id: string, kind: Kind = 'plan'): DocumentRef {
  return { workspace: OWN, kind, id };
}

/** All of it that an operation could have changed. */
async function stateOf({ id, free }: Target): Promise<string> {
  const { admin, pod } = served;
  const refs = KINDS.flatMap((kind) => [refOf(id, kind), refOf(free, kind)]);
  const heads = refs.map(async (ref) => (await pod.reader.read(documentId(ref))).head);
  const rights = [admin.keys(OWN), admin.links(OWN, `plan:${id}`), admin.rights(OWN)];
  return JSON.stringify(await Promise.all([...heads, ...rights]));
}

/** Keeps what an answer shows of secrets. */
function noted(answer: Answer): Answer {
  for (const [secret] of answer.text.matchAll(/syn_\w+|eyJ[\w-]+\.[\w-]+\.[\w-]+/g)) secrets.add(secret);
  return answer;
}

/** A refusal as it reads whatever it was about; of what else is answered, only that it is. */
function withoutNames({ status, headers, text }: Answer, target: Target): string {
  let plain = status < 400 ? '' : text;
  for (const [what, name] of Object.entries(target)) plain = plain.replaceAll(name, what);
  return [status, ...headers, plain].join('\n');
}
