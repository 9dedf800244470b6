import { type DocumentRef, Refusal, type Role, ROLES } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { exchange } from './exchange.ts';
import { type Grant, narrow, reachOf } from './grant.ts';
import { authorize, authorizeCreate, authorizeWorkspace } from './policy.ts';

const PLAN: DocumentRef = { workspace: 'acme', kind: 'plan', id: 'a' };
const NOW = 1_000_000;

function grant(over: Partial<Grant> = {}): Grant {
  const principal = { type: 'agent', id: 'k1', name: 'CI' } as const;
  return {
    workspace: 'acme',
    principal,
    role: 'editor',
    documents: {},
    source: 'key:k1',
    expiresAt: null,
    ...over,
  };
}

function outcome(run: () => unknown): string {
  try {
    run();
    return 'ok';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('[A7] roles', () => {
  it.each(ROLES.flatMap((has) => ROLES.map((needed) => [has, needed] as [Role, Role])))(
    'a role of %s answers a need for %s',
    (has, needed) => {
      const enough = ROLES.indexOf(has) >= ROLES.indexOf(needed);
      expect(outcome(() => authorize(grant({ role: has }), needed, PLAN))).toBe(enough ? 'ok' : 'forbidden');
      expect(outcome(() => authorizeWorkspace(grant({ role: has }), needed))).toBe(enough ? 'ok' : 'forbidden');
    },
  );

  it('a role in the document stands before that in the workspace, higher or lower', () => {
    expect(outcome(() => authorize(grant({ documents: { 'plan:a': 'viewer' } }), 'editor', PLAN))).toBe('forbidden');
    const raised = grant({ role: 'viewer', documents: { 'plan:a': 'editor' } });
    expect(outcome(() => authorize(raised, 'editor', PLAN))).toBe('ok');
    expect(outcome(() => authorizeWorkspace(raised, 'editor'))).toBe('forbidden');
  });
});

describe('[A8] what one may not read does not exist', () => {
  const scoped = grant({ role: null, documents: { 'plan:b': 'admin' } });

  it('reading and writing are both not_found', () => {
    for (const needed of ROLES) expect(outcome(() => authorize(scoped, needed, PLAN))).toBe('not_found');
  });

  it('a name that no document has is no document either: nothing is inherited from objects', () => {
    const odd = { ...PLAN, id: 'constructor' };
    expect(outcome(() => authorize(scoped, 'viewer', odd))).toBe('not_found');
  });

  it('creating is forbidden, whether there is such a document or not', () => {
    expect(outcome(() => authorizeCreate(scoped, 'editor', PLAN))).toBe('forbidden');
    expect(outcome(() => authorizeCreate(grant({ role: 'viewer' }), 'editor', PLAN))).toBe('forbidden');
    expect(outcome(() => authorizeCreate(grant(), 'editor', PLAN))).toBe('ok');
  });
});

describe('[A9] workspaces', () => {
  it('a role counts in its own workspace alone', () => {
    const elsewhere = { ...PLAN, workspace: 'other' };
    for (const role of ROLES) {
      const own = grant({ role, documents: { 'plan:a': 'admin' } });
      expect(outcome(() => authorize(own, 'viewer', elsewhere))).toBe('not_found');
      expect(outcome(() => authorizeCreate(own, 'viewer', elsewhere))).toBe('forbidden');
    }
  });
});

describe('narrow', () => {
  it.each([
    [reachOf('editor', null), reachOf('viewer', null), reachOf('viewer', null)],
    [reachOf('viewer', null), reachOf('editor', ['plan:a']), reachOf('viewer', ['plan:a'])],
    [reachOf('editor', ['plan:a', 'plan:b']), reachOf('viewer', ['plan:b']), reachOf('viewer', ['plan:b'])],
    [reachOf('editor', ['plan:a']), reachOf('admin', ['plan:b']), { role: null, documents: {} }],
    [
      { role: 'viewer', documents: { 'plan:a': 'editor' } },
      { role: 'commenter', documents: { 'plan:b': 'admin' } },
      { role: 'viewer', documents: { 'plan:a': 'commenter', 'plan:b': 'viewer' } },
    ],
  ] as const)('of %j and %j is %j, whichever comes first', (one, other, both) => {
    expect(narrow(one, other)).toEqual(both);
    expect(narrow(other, one)).toEqual(both);
  });
});

describe('[A10] a token given for another', () => {
  const wish = { lifeMs: 1000 };

  it('reaches at most what its giver does, and editor unless more is asked for', () => {
    expect(exchange(grant({ role: 'admin' }), wish, NOW)).toMatchObject({ role: 'editor', documents: {} });
    expect(exchange(grant({ role: 'admin' }), { ...wish, role: 'admin' }, NOW).role).toBe('admin');
    expect(exchange(grant({ role: 'viewer' }), wish, NOW).role).toBe('viewer');
    expect(exchange(grant(), { ...wish, role: 'viewer', documents: ['plan:a'] }, NOW)).toMatchObject({
      role: null,
      documents: { 'plan:a': 'viewer' },
    });
  });

  it('is refused when more is asked for', () => {
    const scoped = grant({ role: null, documents: { 'plan:a': 'viewer' } });
    expect(outcome(() => exchange(scoped, { ...wish, documents: ['plan:b'] }, NOW))).toBe('not_found');
    expect(outcome(() => exchange(scoped, { ...wish, documents: ['plan:a'], role: 'editor' }, NOW))).toBe('forbidden');
    expect(outcome(() => exchange(grant(), { ...wish, role: 'admin' }, NOW))).toBe('forbidden');
    expect(exchange(scoped, { ...wish, role: 'admin' }, NOW)).toMatchObject({
      role: null,
      documents: { 'plan:a': 'viewer' },
    });
  });

  it('lasts no longer than its giver, and falls with the same source', () => {
    expect(exchange(grant(), wish, NOW)).toMatchObject({ expiresAt: NOW + 1000, source: 'key:k1' });
    expect(exchange(grant({ expiresAt: NOW + 10 }), wish, NOW).expiresAt).toBe(NOW + 10);
  });

  it('names a person, whom only a key or a link may choose', () => {
    const ann = { id: 'ann', name: 'Ann' };
    const linked = grant({ source: 'link:l1', principal: { type: 'person', id: 'guest~l1', name: 'Guest' } });
    const hosted = grant({ source: null, principal: { type: 'person', id: 'bob', name: 'Bob' } });
    expect(exchange(grant(), { ...wish, person: ann }, NOW).principal).toEqual({ type: 'person', ...ann });
    expect(exchange(grant(), wish, NOW).principal.type).toBe('person');
    expect(exchange(linked, { ...wish, person: ann }, NOW).principal.id).toBe('guest~l1~ann');
    expect(outcome(() => exchange(hosted, { ...wish, person: ann }, NOW))).toBe('forbidden');
    const named = exchange(grant(), { ...wish, person: ann }, NOW);
    expect(outcome(() => exchange(named, { ...wish, person: { id: 'bob', name: 'Bob' } }, NOW))).toBe('forbidden');
  });
});
