import { createHmac, randomUUID } from 'node:crypto';
import { createApiKey, createTokens, type Grant, reachOf } from '@syncline/auth';
import { ROLES, type Role } from '@syncline/protocol';
import { SECRETS, type Served } from './served.ts';

/** Somebody who is let in, by a key or by a token that was issued from it. */
export interface Caller {
  name: string;
  key: string;
  token: string;
}

/** What lets nobody in, and how that is answered. */
export interface Useless {
  name: string;
  credential: string | undefined;
  status: 401 | 403;
}

export const OWN = 'default';
export const OTHER = 'elsewhere';

export const by = (workspace: string) => ({ workspace, actor: 'person:tester', commandId: randomUUID() });

/** One of each role, and last one who has the highest role, in another document alone. */
export async function callersOf(served: Served, workspace: string): Promise<Caller[]> {
  const none = { role: 'admin', documents: ['plan:another'] } as const;
  const wanted = [...ROLES.map((role) => ({ role, documents: null })), none];
  return Promise.all(
    wanted.map(async ({ role, documents }) => {
      const name = documents ? 'none' : role;
      const asked = { name, role, documents: documents && [...documents], expiresAt: null };
      const { key } = await served.admin.createKey(by(workspace), asked);
      const wish = { role, ...(documents && { documents }) };
      const answer = await served.gateway.send('POST', '/v1/tokens', { body: wish, headers: bearer(key) });
      const { token } = (await answer.json()) as { token: string };
      return { name, key, token };
    }),
  );
}

/** Of each role what was once let in, and is not any more; and what never was. */
export async function uselessCredentials(served: Served): Promise<Useless[]> {
  const ofRoles = await Promise.all(ROLES.map((role) => fallen(served, role)));
  const hour = Date.now() / 1000 + 3600;
  const never: Record<string, string | undefined> = {
    nothing: undefined,
    'a key that nobody made': createApiKey(),
    'a mistyped key': `${createApiKey().slice(0, -1)}_`,
    'a token of another server': createTokens('x'.repeat(32), Date.now).sign(grant('admin', null, null)),
    'a JWT of another host': hostJwt({ sub: 'ann', role: 'admin', exp: hour }, 'x'.repeat(32)),
    'a JWT that has expired': hostJwt({ sub: 'ann', role: 'admin', exp: hour - 7200 }),
    'a JWT without an end': hostJwt({ sub: 'ann', role: 'admin' }),
  };
  return [
    ...ofRoles.flat(),
    ...Object.entries(never).map(([name, credential]) => ({ name, credential, status: 401 as const })),
    { name: 'a person without any right', credential: hostJwt({ sub: randomUUID(), exp: hour }), status: 403 },
  ];
}

async function fallen({ admin, gateway }: Served, role: Role): Promise<Useless[]> {
  const [changer, day] = [by(OWN), 24 * 3600 * 1000];
  const wanted = { name: role, role, documents: null, expiresAt: null };
  const revoked = await admin.createKey(changer, wanted);
  const lasting = await admin.createKey(by(OWN), wanted);
  const expired = await admin.createKey(by(OWN), { ...wanted, expiresAt: new Date(Date.now() - day) });
  const document = { workspace: OWN, kind: 'plan', id: 'shared' } as const;
  const link = await admin.createLink(by(OWN), { document, role, expiresAt: null });
  const old = await admin.createLink(by(OWN), { document, role, expiresAt: new Date(Date.now() - day) });
  const issued = admin.sign(grant(role, `key:${revoked.record.id}`, null));
  // Each has been let in once: what is remembered of them must not let them in again.
  for (const credential of [revoked.key, issued, link.token]) {
    const { status } = await gateway.send('GET', '/v1/documents', { headers: bearer(credential) });
    if (status !== 200) throw new Error(`a credential that is good is answered with ${status}`);
  }
  await admin.revokeKey(by(OWN), revoked.record.id);
  await admin.revokeLink(by(OWN), 'plan:shared', link.link.id);
  const credentials = {
    'revoked key': revoked.key,
    'token of a revoked key': issued,
    'revoked link': link.token,
    'expired key': expired.key,
    'expired token': admin.sign(grant(role, `key:${lasting.record.id}`, Date.now() - day)),
    'expired link': old.token,
  };
  return Object.entries(credentials).map(([what, credential]) => ({
    name: `${role}’s ${what}`,
    credential,
    status: 401,
  }));
}

function grant(role: Role, source: string | null, expiresAt: number | null): Grant {
  const principal = { type: 'person', id: 'ann', name: 'Ann' } as const;
  return { workspace: OWN, principal, ...reachOf(role, null), source, expiresAt };
}

/** As the host application would sign it. */
function hostJwt(claims: object, secret: string = SECRETS.JWT_SECRET): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** The ways to show a credential in a request's or an upgrade's headers. */
export const HEADERS: Record<string, (credential: string) => Record<string, string>> = {
  'Authorization: Bearer': (credential) => ({ authorization: `Bearer ${credential}` }),
  'Authorization, bare': (credential) => ({ authorization: credential }),
  'X-API-Key': (credential) => ({ 'x-api-key': credential }),
};

export function bearer(credential: string | undefined): Record<string, string> {
  return credential === undefined ? {} : { authorization: `Bearer ${credential}` };
}
