import type { TestDatabase } from '@syncline/journal/testing';
import { migrate } from '@syncline/journal';
import { Refusal, type Role } from '@syncline/protocol';
import { createLog } from '@syncline/runtime';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from './api-key.ts';
import { type Grant, reachOf } from './grant.ts';
import { createKeyAccess, type KeyAccessDeps } from './key-access.ts';
import { RightsAdmin } from './rights-admin.ts';
import { createRightsStore } from './rights-store.ts';

const SETTINGS = { KEY_PEPPER: 'p'.repeat(32), TOKEN_SECRET: 't'.repeat(32), JWT_SECRET: 'j'.repeat(32) };
const PLAN = { workspace: 'acme', kind: 'plan', id: 'a' } as const;
const BY = {
  workspace: 'acme',
  actor: 'person:admin',
  get commandId() {
    return randomUUID();
  },
};

/** Keys, links and rights over a real database. */
export function accessContract(createDatabase: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let time = 1_700_000_000_000;
  const said: string[] = [];
  const now = () => time;

  beforeAll(async () => {
    database = await createDatabase();
    await migrate(database.db);
  });
  afterAll(() => database.drop());

  /** A process of its own: what it remembers is shared with no other. */
  function process(settings: Partial<KeyAccessDeps['settings']> = {}) {
    const store = createRightsStore(database.db);
    const access = createKeyAccess({ store, settings: { ...SETTINGS, ...settings }, now });
    const log = createLog({ service: 'test', level: 'info', into: { write: (line) => said.push(line) } });
    const admin = new RightsAdmin({ store, pepper: SETTINGS.KEY_PEPPER, tokens: access.tokens, log });
    return { access, admin, enter: async (key: string) => access.ofRequest({ authorization: `Bearer ${key}` }) };
  }

  const key = (over: { role?: Role; documents?: string[]; expiresAt?: Date } = {}) =>
    process().admin.createKey(BY, { name: 'CI', role: 'editor', documents: null, expiresAt: null, ...over });

  describe('API keys', () => {
    it('[A3] let in to what they say, under either header', async () => {
      const { key: text, record } = await key({ documents: ['plan:a'] });
      const grant: Grant = {
        workspace: 'acme',
        principal: { type: 'agent', id: record.id, name: 'CI' },
        role: null,
        documents: { 'plan:a': 'editor' },
        source: `key:${record.id}`,
        expiresAt: null,
      };
      const { access, enter } = process();
      expect(await enter(text)).toEqual(grant);
      expect(await access.ofRequest({ 'x-api-key': text })).toEqual(grant);
      expect(await access.ofSocket(text)).toEqual(grant);
    });

    it('[A3] that are unknown, expired or missing let nobody in', async () => {
      const { access, enter } = process();
      const { key: expiring } = await key({ expiresAt: new Date(time + 1000) });
      expect((await enter(expiring)).expiresAt).toBe(time + 1000);
      time += 1000;
      expect(await refusal(enter(expiring))).toBe('unauthorized');
      expect(await refusal(enter(createApiKey()))).toBe('unauthorized');
      for (const headers of [{}, { authorization: 'Basic abc' }, { 'x-api-key': '' }, { 'x-api-key': ['a', 'b'] }])
        expect(await refusal(async () => access.ofRequest(headers))).toBe('unauthorized');
      expect(await refusal(async () => access.ofSocket(''))).toBe('unauthorized');
    });

    it('[A18] let in alike by every header, at requests and at sockets that show no token', async () => {
      const { access } = process();
      const [{ key: one }, { key: other }] = await Promise.all([key(), key()]);
      const grant = await access.ofSocket(one);
      const forms = [
        { authorization: `Bearer ${one}` },
        { authorization: `bearer  ${one}` },
        { authorization: one },
        { 'x-api-key': one },
        { authorization: `Bearer ${one}`, 'x-api-key': one },
        { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': one },
      ];
      for (const headers of forms) {
        expect(await access.ofRequest(headers)).toEqual(grant);
        expect(await access.ofSocket('', headers)).toEqual(grant);
        expect(await access.ofSocket(one, { authorization: `Bearer ${other}` })).toEqual(grant);
      }
      const two = { authorization: `Bearer ${one}`, 'x-api-key': other };
      expect(await refusal(async () => access.ofRequest(two))).toBe('invalid_request');
      expect(await refusal(async () => access.ofSocket('', two))).toBe('invalid_request');
    });

    it('[A1] with a wrong checksum are refused without asking the database', async () => {
      const unreachable = createRightsStore({ query: () => Promise.reject(new Error('was asked')) } as never);
      const access = createKeyAccess({ store: unreachable, settings: SETTINGS, now });
      const wrong = `${createApiKey().slice(0, -1)}!`;
      expect(await refusal(async () => access.ofSocket(wrong))).toBe('unauthorized');
    });

    it('[A5] are refused by every process from the moment they are revoked, also while they are asked for', async () => {
      const { key: text, record } = await key();
      const [one, two] = [process(), process()];
      await Promise.all([one.enter(text), two.enter(text)]);
      // Calls that came before the revocation, still on their way, share nothing with those after it.
      const before = Array.from({ length: 20 }, () => two.enter(text).catch(() => null));
      await one.admin.revokeKey(BY, record.id);
      const after = await Promise.all(Array.from({ length: 20 }, () => refusal(two.enter(text))));
      expect(new Set(after)).toEqual(new Set(['unauthorized']));
      await Promise.all(before);
      expect(await refusal(two.enter(text))).toBe('unauthorized');
    });

    it('[A17] are refused once revoked, also by who remembers another revocation that the database has lost', async () => {
      const [kept, other] = [await key(), await key()];
      const { admin, enter } = process();
      const rights = () => database.db.query<{ revision: number }>('SELECT revision FROM rights_revision');
      const [before] = await rights();
      await admin.revokeKey(BY, other.record.id);
      await enter(kept.key);
      // The database goes back to before that revocation; then the key that is remembered is revoked.
      await database.db.query('UPDATE api_keys SET revoked_at = NULL WHERE id = $1', [other.record.id]);
      await database.db.query('UPDATE rights_revision SET revision = $1', [before!.revision]);
      await process().admin.revokeKey(BY, kept.record.id);
      expect(await refusal(enter(kept.key))).toBe('unauthorized');
    });

    it('are created once by one command, though it is sent again', async () => {
      const { admin } = process();
      const by = { ...BY, commandId: 'once' };
      const wanted = { name: 'once', role: 'viewer', documents: null, expiresAt: null } as const;
      await admin.createKey(by, wanted);
      expect(await refusal(admin.createKey(by, wanted))).toBe('exists');
      const link = { document: PLAN, role: 'viewer', expiresAt: null } as const;
      expect(await admin.createLink(by, link)).toEqual(await admin.createLink(by, link));
    });

    it('[A9] are listed and revoked in their own workspace alone', async () => {
      const { key: text, record } = await key();
      const { admin, enter } = process();
      expect((await admin.keys('acme')).map(({ id }) => id)).toContain(record.id);
      expect(await admin.keys('other')).toEqual([]);
      expect(await refusal(admin.revokeKey({ ...BY, workspace: 'other' }, record.id))).toBe('not_found');
      expect((await enter(text)).source).toBe(`key:${record.id}`);
    });
  });

  describe('tokens', () => {
    const issue = (grant: Grant) => process().access.tokens.sign(grant);

    it('[A4] fall with the key they were issued from, at sockets, calls and requests over the bus', async () => {
      const { key: text, record } = await key();
      const { access, admin, enter } = process();
      const token = issue(await enter(text));
      expect((await access.ofAsker(token)).source).toBe(`key:${record.id}`);
      await admin.revokeKey(BY, record.id);
      expect(await refusal(async () => access.ofSocket(token))).toBe('unauthorized');
      expect(await refusal(enter(token))).toBe('unauthorized');
      expect(await refusal(async () => access.ofAsker(token))).toBe('unauthorized');
    });

    it('[A4] reach no more than the person’s rights do now, and nothing once they have none', async () => {
      const { access, admin } = process();
      await admin.setRight(BY, { subject: 'ann', document: null, role: 'viewer' });
      await admin.setRight(BY, { subject: 'ann', document: 'plan:a', role: 'editor' });
      const jwt = await hostJwt({ sub: 'ann', workspace: 'acme', name: 'Ann' });
      const grant = await access.ofSocket(jwt);
      expect(grant).toMatchObject({ role: 'viewer', documents: { 'plan:a': 'editor' }, source: 'subject:ann' });
      const token = issue(grant);
      await admin.setRight(BY, { subject: 'ann', document: 'plan:a', role: 'commenter' });
      expect((await access.ofSocket(token)).documents).toEqual({ 'plan:a': 'commenter' });
      await admin.removeRight(BY, { subject: 'ann', document: 'plan:a' });
      expect((await access.ofSocket(token)).documents).toEqual({ 'plan:a': 'viewer' });
      await admin.removeRight(BY, { subject: 'ann', document: null });
      expect(await refusal(async () => access.ofSocket(token))).toBe('forbidden');
      expect(await refusal(async () => access.ofSocket(jwt))).toBe('forbidden');
      expect(await refusal(admin.removeRight(BY, { subject: 'ann', document: null }))).toBe('not_found');
    });

    it('[A9] of another workspace than their source’s count for nothing', async () => {
      const { record } = await key();
      const grant = { workspace: 'other', principal: { type: 'agent', id: 'x', name: 'x' }, expiresAt: null } as const;
      const token = issue({ ...grant, ...reachOf('admin', null), source: `key:${record.id}` });
      expect(await refusal(async () => process().access.ofSocket(token))).toBe('unauthorized');
    });

    it('a share link opens its document until it is revoked', async () => {
      const { access, admin } = process();
      const { token, link } = await admin.createLink(BY, { document: PLAN, role: 'commenter', expiresAt: null });
      expect(await access.ofSocket(token)).toMatchObject({ role: null, documents: { 'plan:a': 'commenter' } });
      expect(admin.tokenOf((await admin.links('acme', 'plan:a'))[0]!)).toBe(token);
      expect(await refusal(admin.revokeLink(BY, 'plan:b', link.id))).toBe('not_found');
      await admin.revokeLink(BY, 'plan:a', link.id);
      expect(await refusal(async () => access.ofSocket(token))).toBe('unauthorized');
    });

    it('[A14] what a gateway vouches for is one document, for a minute', async () => {
      const { access, enter } = process();
      const grant = await enter((await key()).key);
      const token = access.vouch(grant, PLAN);
      expect(await access.ofAsker(token)).toMatchObject({ role: null, documents: { 'plan:a': 'editor' } });
      time += 60_000;
      expect(await refusal(async () => access.ofAsker(token))).toBe('unauthorized');
      expect(await refusal(async () => access.ofAsker(grant.principal))).toBe('unauthorized');
    });
  });

  describe('[A11] changes', () => {
    it('are told once each; what is added tells nothing', async () => {
      const { access, admin, enter } = process();
      const { key: text, record } = await key();
      await enter(text);
      const changed = access.changed!;
      await changed();
      expect(await changed()).toBe(false);
      await process().admin.revokeKey(BY, record.id);
      expect(await changed()).toBe(true);
      await admin.createKey(BY, { name: 'more', role: 'viewer', documents: null, expiresAt: null });
      expect(await changed()).toBe(false);
    });
  });

  describe('[A6] JWTs of the host', () => {
    it.each([
      ['without an end', (jwt: SignJWT) => jwt, { sub: 'ann', role: 'editor' }],
      ['that have ended', (jwt: SignJWT) => jwt.setExpirationTime(time / 1000 - 10), { sub: 'ann', role: 'editor' }],
      ['without a subject', (jwt: SignJWT) => jwt.setExpirationTime(time / 1000 + 60), { role: 'editor' }],
      ['with an unknown role', (jwt: SignJWT) => jwt.setExpirationTime(time / 1000 + 60), { sub: 'a', role: 'owner' }],
    ] as const)('%s are refused', async (_what, end, claims) => {
      const jwt = await end(new SignJWT(claims).setProtectedHeader({ alg: 'HS256' })).sign(
        Buffer.from(SETTINGS.JWT_SECRET),
      );
      expect(await refusal(async () => process().access.ofSocket(jwt))).toBe('unauthorized');
    });

    it('of another issuer, audience, secret or algorithm are refused', async () => {
      const { access } = process({ JWT_ISSUER: 'https://host', JWT_AUDIENCE: 'syncline' });
      const right = { sub: 'ann', role: 'editor', iss: 'https://host', aud: 'syncline' };
      expect((await access.ofSocket(await hostJwt(right))).role).toBe('editor');
      for (const wrong of [{ iss: 'https://evil' }, { aud: 'other' }, { iss: undefined }, { aud: undefined }])
        expect(await refusal(async () => access.ofSocket(await hostJwt({ ...right, ...wrong })))).toBe('unauthorized');
      expect(await refusal(async () => access.ofSocket(await hostJwt(right, 'HS512')))).toBe('unauthorized');
      expect(await refusal(async () => access.ofSocket(await hostJwt(right, 'HS256', 'x'.repeat(32))))).toBe(
        'unauthorized',
      );
      expect(await refusal(async () => process({ JWT_SECRET: undefined }).access.ofSocket('a.b.c'))).toBe(
        'unauthorized',
      );
    });

    it('signed with a key of its JWKS are taken; signed with the public key as a secret they are not', async () => {
      const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
      const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' };
      const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
      const { access } = process({ JWT_JWKS_URL: url });
      const sign = (alg: string, by: Parameters<SignJWT['sign']>[0]) =>
        new SignJWT({ sub: 'ann', role: 'viewer', workspace: 'acme' })
          .setProtectedHeader({ alg, kid: 'k' })
          .setExpirationTime(time / 1000 + 60)
          .sign(by);
      expect(await access.ofSocket(await sign('RS256', privateKey))).toMatchObject({
        workspace: 'acme',
        role: 'viewer',
        principal: { type: 'person', id: 'ann', name: 'Anonymous' },
      });
      const confused = await sign('HS256', Buffer.from(jwk.n!));
      expect(await refusal(async () => access.ofSocket(confused))).toBe('unauthorized');
      server.close();
      const elsewhere = process({ JWT_JWKS_URL: url }).access;
      const good = await sign('RS256', privateKey);
      expect(await refusal(async () => elsewhere.ofSocket(good))).toBe('unavailable');
    });
  });

  it('[A2] neither the database nor the log holds a key, a token or a secret', async () => {
    const { access, admin, enter } = process();
    const { key: text, record } = await key();
    const { token, link } = await admin.createLink(BY, { document: PLAN, role: 'viewer', expiresAt: null });
    const vouched = String(access.vouch(await enter(text), PLAN));
    await admin.revokeKey(BY, record.id);
    await admin.revokeLink(BY, link.document, link.id);
    const kept = JSON.stringify([
      await database.db.query('SELECT * FROM api_keys'),
      await database.db.query('SELECT * FROM share_links'),
      said,
    ]);
    for (const secret of [text.slice(4, -4), token.split('.')[2]!, vouched.split('.')[2]!, ...Object.values(SETTINGS)])
      expect(kept).not.toContain(secret);
    expect(kept).toContain(record.id);
  });

  it('[A12] every change says who made it', async () => {
    said.length = 0;
    const { admin } = process();
    const { record } = await key();
    await admin.revokeKey(BY, record.id);
    const { link } = await admin.createLink(BY, { document: PLAN, role: 'viewer', expiresAt: null });
    await admin.revokeLink(BY, link.document, link.id);
    await admin.setRight(BY, { subject: 'bob', document: null, role: 'viewer' });
    await admin.removeRight(BY, { subject: 'bob', document: null });
    const lines = said.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'API key created',
      'API key revoked',
      'share link created',
      'share link revoked',
      'right set',
      'right removed',
    ]);
    for (const line of lines)
      expect(line).toMatchObject({ component: 'audit', level: 30, workspace: 'acme', actor: 'person:admin' });
  });

  async function hostJwt(claims: Record<string, unknown>, alg = 'HS256', secret = SETTINGS.JWT_SECRET) {
    const long = alg === 'HS512' ? secret.repeat(2) : secret;
    return new SignJWT(claims)
      .setProtectedHeader({ alg })
      .setExpirationTime(time / 1000 + 60)
      .sign(Buffer.from(long));
  }
}

async function refusal(asked: Promise<unknown> | (() => Promise<unknown>)): Promise<string> {
  try {
    await (typeof asked === 'function' ? asked() : asked);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'not refused';
}
