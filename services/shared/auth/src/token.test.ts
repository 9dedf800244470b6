import { Refusal } from '@syncline/protocol';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createApiKey, hashApiKey, isApiKey } from './api-key.ts';
import type { Grant } from './grant.ts';
import { createTokens, looksLikeToken } from './token.ts';

const SECRET = 'a secret of some forty characters, or so';
const GRANT: Grant = {
  workspace: 'acme',
  principal: { type: 'person', id: 'ann:smith', name: 'Ann Ζ' },
  role: null,
  documents: { 'plan:a': 'editor' },
  source: 'key:k1',
  expiresAt: 60_000,
};

function refused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'not refused';
}

describe('API keys', () => {
  it('[A1] have a form that tells a mistyped one at once', () => {
    const key = createApiKey();
    expect(key).toMatch(/^syn_[0-9A-Za-z]{36}$/);
    expect(isApiKey(key)).toBe(true);
    expect(createApiKey()).not.toBe(key);
    for (const at of [4, 20, 33, 34, 39]) {
      const other = key[at] === 'x' ? 'y' : 'x';
      expect(isApiKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
    for (const text of ['', 'syn_', key.slice(1), `${key}0`, key.toUpperCase(), `${key}\n`])
      expect(isApiKey(text)).toBe(false);
  });

  it('[A2] are kept as an HMAC that without the pepper says nothing', () => {
    const key = createApiKey();
    expect(hashApiKey(key, 'one')).toBe(hashApiKey(key, 'one'));
    expect(hashApiKey(key, 'one')).not.toBe(hashApiKey(key, 'two'));
    expect(hashApiKey(key, 'one')).not.toContain(key.slice(4, 20));
  });
});

describe('tokens', () => {
  let time = 0;
  const tokens = createTokens(SECRET, () => time);

  it('[A4] carry a grant there and back', () => {
    expect(tokens.read(tokens.sign(GRANT))).toEqual(GRANT);
    const lasting = { ...GRANT, expiresAt: null, source: null, role: 'viewer' as const, documents: {} };
    expect(tokens.read(tokens.sign(lasting))).toEqual(lasting);
  });

  it('are JWTs like any other', async () => {
    const options = { algorithms: ['HS256'], currentDate: new Date(0) };
    const { payload } = await jwtVerify(tokens.sign(GRANT), Buffer.from(SECRET), options);
    expect(payload).toEqual({
      ws: 'acme',
      role: null,
      docs: { 'plan:a': 'editor' },
      sub: 'person:ann:smith',
      name: 'Ann Ζ',
      key: 'key:k1',
      exp: 60,
    });
  });

  it('[A3] count no longer than they say', () => {
    const token = tokens.sign(GRANT);
    time = 59_999;
    expect(tokens.read(token)).toEqual(GRANT);
    time = 60_000;
    expect(refused(() => tokens.read(token))).toBe('unauthorized');
    time = 0;
  });

  it('[A4] count only as they were signed', async () => {
    const token = tokens.sign(GRANT);
    const [header, body, signature] = token.split('.') as [string, string, string];
    const forged = Buffer.from(JSON.stringify({ ...JSON.parse(atob(body)), role: 'admin' })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'syncline+jwt' })).toString('base64url');
    const otherType = await new SignJWT({ ws: 'acme', role: 'admin', docs: {}, sub: 'person:a', name: 'a', key: null })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(SECRET));
    const wrong = [
      '',
      'person:p1',
      header,
      `${header}.${body}`,
      `${header}.${body}.`,
      `${header}.${forged}.${signature}`,
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${token}.${signature}`,
      `${header}.${body}.${signature.slice(1)}`,
      createTokens('another secret, that is just as long!', () => 0).sign(GRANT),
      otherType,
      `${header}.${'x'.repeat(20_000)}.${signature}`,
    ];
    expect(wrong.map((text) => refused(() => tokens.read(text)))).toEqual(wrong.map(() => 'unauthorized'));
    expect(looksLikeToken(token)).toBe(true);
    expect(looksLikeToken(otherType)).toBe(false);
  });
});
