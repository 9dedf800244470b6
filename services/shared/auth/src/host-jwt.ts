import { createSecretKey } from 'node:crypto';
import { DEFAULT_WORKSPACE, Refusal, ROLES, shortIdSchema } from '@syncline/protocol';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';
import * as z from 'zod';

/** Signatures that anyone can check and only the host can make; never mixed with a shared secret's. */
const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

export interface HostJwtSettings {
  JWT_JWKS_URL?: string | undefined;
  JWT_SECRET?: string | undefined;
  JWT_ISSUER?: string | undefined;
  JWT_AUDIENCE?: string | undefined;
}

/** Whom the host application's JWT names. */
export interface HostClaims extends z.infer<typeof claimsSchema> {
  expiresAt: number;
}

const claimsSchema = z.object({
  sub: z.string().min(1).max(128),
  name: z.string().trim().min(1).max(128).default('Anonymous'),
  workspace: shortIdSchema.default(DEFAULT_WORKSPACE),
  /** Left out, the rights that were set here count. */
  role: z.enum(ROLES).optional(),
});

/**
 * Reads the host application's JWTs.
 * @returns null when the settings name neither its keys nor a secret
 */
export function createHostJwt(settings: HostJwtSettings, now: () => number) {
  const verify = verifier(settings);
  if (verify === null) return null;
  const options: JWTVerifyOptions = {
    requiredClaims: ['sub', 'exp'],
    clockTolerance: 5,
    ...(settings.JWT_ISSUER !== undefined && { issuer: settings.JWT_ISSUER }),
    ...(settings.JWT_AUDIENCE !== undefined && { audience: settings.JWT_AUDIENCE }),
  };

  /** @throws Refusal `unauthorized`, or `unavailable` when the host's keys cannot be fetched */
  return async (token: string): Promise<HostClaims> => {
    let payload: JWTPayload;
    try {
      payload = await verify(token, { ...options, currentDate: new Date(now()) });
    } catch (error) {
      throw refusalOf(error);
    }
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Refusal('unauthorized', `The JWT’s claim ${issue?.path.join('.')} cannot be used: ${issue?.message}.`);
    }
    return { ...parsed.data, expiresAt: payload.exp! * 1000 };
  };
}

type Verify = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

function verifier({ JWT_JWKS_URL, JWT_SECRET }: HostJwtSettings): Verify | null {
  if (JWT_JWKS_URL !== undefined) {
    const keys = createRemoteJWKSet(new URL(JWT_JWKS_URL), { timeoutDuration: 3_000 });
    return async (token, options) =>
      (await jwtVerify(token, keys, { ...options, algorithms: PUBLIC_KEY_ALGORITHMS })).payload;
  }
  if (JWT_SECRET === undefined) return null;
  const key = createSecretKey(Buffer.from(JWT_SECRET));
  return async (token, options) => (await jwtVerify(token, key, { ...options, algorithms: ['HS256'] })).payload;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return new Refusal('unauthorized', 'The JWT has expired.');
  const unfetched = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError);
  if (unfetched || error.code === 'ERR_JOSE_GENERIC')
    return new Refusal('unavailable', 'The keys that the JWT is signed with cannot be fetched right now; try again.');
  return new Refusal('unauthorized', `The JWT is not accepted: ${error.message}.`);
}
