import { DEFAULT_WORKSPACE, type Role } from '@syncline/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { claimsOf, roleIn } from './claims.ts';
import { accessTo } from './document-access.ts';
import { keepLink, keepSignIn, signOut } from './kept.ts';

let lastPlan = 0;
let plan: string;
beforeEach(() => {
  plan = `plan:${++lastPlan}`;
  signOut();
});

/** A token as the server forms it; nobody looks at the signature here. */
function token(claims: { ws?: string; role?: Role | null; docs?: Record<string, Role>; exp?: number }): string {
  const text = JSON.stringify({
    ws: 'default',
    role: null,
    docs: {},
    sub: 'person:a',
    name: 'Zoë',
    key: 'key:k',
    ...claims,
  });
  return `header.${Buffer.from(text).toString('base64url')}.signature`;
}

const linkAs = (role: Role, ws = 'default') => token({ ws, docs: { [plan]: role } });

describe('claimsOf', () => {
  it('reads what a token says, and of a broken one nothing', () => {
    const claims = claimsOf(token({ ws: 'acme', role: 'viewer', docs: { [plan]: 'editor' }, exp: 2 }));
    expect(claims).toMatchObject({ workspace: 'acme', source: 'key:k', expiresAt: 2000 });
    expect([roleIn(claims, plan), roleIn(claims, 'plan:other')]).toEqual(['editor', 'viewer']);
    for (const broken of ['', 'a', 'a.b.c', linkAs('editor').slice(0, 60), `a.${btoa('{}')}.c`, `a.${btoa('null')}.c`])
      expect(claimsOf(broken)).toMatchObject({ workspace: DEFAULT_WORKSPACE, role: null, documents: {} });
  });
});

describe('accessTo', () => {
  it('is by name where nothing was given, and may do everything: so it is in open mode', async () => {
    expect(accessTo(plan)).toMatchObject({ by: 'name', workspace: DEFAULT_WORKSPACE, role: 'admin' });
    expect(await accessTo(plan).token()).toMatch(/^person:/);
  });

  it('takes of a sign-in and a link what lets one do more', () => {
    keepLink(plan, linkAs('editor'));
    keepSignIn(token({ role: 'viewer' }));
    expect(accessTo(plan)).toMatchObject({ by: 'link', role: 'editor' });
    keepSignIn(token({ role: 'editor' }));
    expect(accessTo(plan)).toMatchObject({ by: 'sign_in', role: 'editor' });
    keepSignIn(token({ docs: { 'plan:other': 'admin' } }));
    expect(accessTo(plan)).toMatchObject({ by: 'link', role: 'editor' });
  });

  it('takes the link where the sign-in is over, or of another workspace', () => {
    keepLink(plan, linkAs('viewer', 'acme'));
    keepSignIn(token({ role: 'admin' }));
    expect(accessTo(plan)).toMatchObject({ by: 'link', workspace: 'acme' });
    keepLink(plan, linkAs('viewer'));
    keepSignIn(token({ role: 'admin', exp: 1 }));
    expect(accessTo(plan)).toMatchObject({ by: 'link' });
  });

  it('a link that was refused for good yields to a sign-in, and still says whose the document is', () => {
    keepLink(plan, linkAs('editor', 'acme'));
    accessTo(plan).over();
    expect(accessTo(plan)).toMatchObject({ by: 'link', workspace: 'acme' });
    keepSignIn(token({ ws: 'acme', role: 'viewer' }));
    expect(accessTo(plan)).toMatchObject({ by: 'sign_in', workspace: 'acme', role: 'viewer' });
  });
});
