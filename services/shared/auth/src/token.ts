import { createHmac, timingSafeEqual } from 'node:crypto';
import { documentNameSchema, Refusal, ROLES, shortIdSchema } from '@syncline/protocol';
import * as z from 'zod';
import type { Grant } from './grant.ts';

/**
 * The one form in which a grant travels: a browser's token, a share link, and every request from gateway to pod. A JWT
 * (HS256) whose header is a constant, so that there is no algorithm to choose or confuse, and which is signed and read
 * in microseconds without leaving the turn.
 */
const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'syncline+jwt' })).toString('base64url');
/** The most that is read of a token. */
const MAX_CHARACTERS = 16 * 1024;

const role = z.enum(ROLES);
const claimsSchema = z.strictObject({
  ws: shortIdSchema,
  role: role.nullable(),
  docs: z.record(documentNameSchema, role),
  sub: z.string().regex(/^(person|agent):.{1,128}$/s),
  name: z.string().min(1).max(128),
  key: z.string().max(300).nullable(),
  exp: z.int().optional(),
});

export interface Tokens {
  sign(grant: Grant): string;
  /** @throws Refusal `unauthorized` */
  read(token: string): Grant;
}

/** Whether the text claims to be a token of this form. */
export function looksLikeToken(text: string): boolean {
  return text.startsWith(`${HEADER}.`);
}

/** @param now milliseconds since 1970 */
export function createTokens(secret: string, now: () => number): Tokens {
  const signatureOf = (text: string) => createHmac('sha256', secret).update(text).digest();

  return {
    sign({ workspace, principal, role, documents, source, expiresAt }) {
      const claims: z.infer<typeof claimsSchema> = {
        ws: workspace,
        role,
        docs: documents,
        sub: `${principal.type}:${principal.id}`,
        name: principal.name,
        key: source,
        ...(expiresAt !== null && { exp: Math.floor(expiresAt / 1000) }),
      };
      const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      return `${text}.${signatureOf(text).toString('base64url')}`;
    },
    read(token) {
      const [header, body, signature, ...rest] = token.length > MAX_CHARACTERS ? [] : token.split('.');
      if (header !== HEADER || !body || !signature || rest.length) throw unauthorized('The token cannot be read.');
      const given = Buffer.from(signature, 'base64url');
      const right = signatureOf(`${header}.${body}`);
      if (given.length !== right.length || !timingSafeEqual(given, right))
        throw unauthorized('The token was not issued here.');
      const parsed = claimsSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
      if (!parsed.success) throw unauthorized('The token is of another version.');
      const { ws, role, docs, sub, name, key, exp } = parsed.data;
      const expiresAt = exp === undefined ? null : exp * 1000;
      if (expiresAt !== null && expiresAt <= now()) throw unauthorized('The token has expired.');
      const [type] = sub.split(':', 1) as ['person' | 'agent'];
      const principal = { type, id: sub.slice(type.length + 1), name };
      return { workspace: ws, principal, role, documents: docs, source: key, expiresAt };
    },
  };
}

function unauthorized(detail: string): Refusal {
  return new Refusal('unauthorized', detail);
}
