import { type SettingsOf, type SettingsTable, StartError, url } from '@syncline/runtime';
import * as z from 'zod';

const MIN_SECRET_CHARACTERS = 32;

function secretText() {
  return z.string().min(MIN_SECRET_CHARACTERS, `must have at least ${MIN_SECRET_CHARACTERS} characters`);
}

/** Settings of every process that lets somebody in. */
export const AUTH_SETTINGS = {
  AUTH_MODE: {
    schema: z
      .enum(['open', 'keys'], 'must be open (whoever reaches the port may read and write) or keys')
      .default('open'),
    description: 'Who is let in: open (everyone) or keys (API keys, tokens, JWTs)',
    example: 'keys',
  },
  KEY_PEPPER: {
    schema: secretText().optional(),
    description: 'With AUTH_MODE=keys: what API keys are hashed with; the same everywhere, and for good',
    example: '$(openssl rand -hex 32)',
    secret: true,
  },
  TOKEN_SECRET: {
    schema: secretText().optional(),
    description: 'With AUTH_MODE=keys: what tokens and share links are signed with; the same everywhere',
    example: '$(openssl rand -hex 32)',
    secret: true,
  },
  JWT_JWKS_URL: {
    schema: url('http', 'https').optional(),
    description: 'Where the public keys of the host application’s JWTs are',
    example: 'https://app.example.com/.well-known/jwks.json',
  },
  JWT_SECRET: {
    schema: secretText().optional(),
    description: 'Or the secret that the host application signs its JWTs with (HS256)',
    example: '$(openssl rand -hex 32)',
    secret: true,
  },
  JWT_ISSUER: {
    schema: z.string().optional(),
    description: 'The iss that JWTs must have',
    example: 'https://app.example.com',
  },
  JWT_AUDIENCE: {
    schema: z.string().optional(),
    description: 'The aud that JWTs must have',
    example: 'syncline',
  },
  ALLOW_OPEN: {
    schema: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
    description: '1 lets AUTH_MODE=open serve another HOST than this machine itself',
    example: '1',
  },
  PUBLIC_URL: {
    schema: url('http', 'https').optional(),
    description: 'The address that people open, where it is not http://localhost:PORT',
    example: 'https://docs.example.com',
  },
  CORS_ORIGINS: {
    schema: z
      .string()
      .default('')
      .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
      .refine(
        (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
        'must be web origins, separated by commas',
      ),
    description: 'Other web origins whose pages may call',
    example: 'https://app.example.com',
    defaultText: 'none',
  },
} satisfies SettingsTable;

export type AuthSettings = SettingsOf<typeof AUTH_SETTINGS>;

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/** What one setting alone does not show. @throws StartError when strangers would be let in, or nobody could be */
export function checkAuthSettings(settings: AuthSettings & { HOST: string }): void {
  if (settings.AUTH_MODE === 'keys') requireSecrets(settings);
  else if (!LOOPBACK.has(settings.HOST) && settings.ALLOW_OPEN !== '1')
    throw new StartError(
      `HOST=${settings.HOST} would let everyone in the network read and write, because AUTH_MODE is open: ` +
        'leave it at HOST=127.0.0.1, set AUTH_MODE=keys, or say ALLOW_OPEN=1 where something else keeps strangers out',
    );
}

/** @throws StartError naming the secret that is missing */
export function requireSecrets<S extends Pick<AuthSettings, 'KEY_PEPPER' | 'TOKEN_SECRET'>>(
  settings: S,
): S & { KEY_PEPPER: string; TOKEN_SECRET: string } {
  const { KEY_PEPPER, TOKEN_SECRET } = settings;
  const missing = Object.entries({ KEY_PEPPER, TOKEN_SECRET }).find(([, value]) => value === undefined)?.[0];
  if (KEY_PEPPER !== undefined && TOKEN_SECRET !== undefined) return { ...settings, KEY_PEPPER, TOKEN_SECRET };
  throw new StartError(
    `${missing} is missing: AUTH_MODE=keys needs it, the same in every process and of at least ` +
      `${MIN_SECRET_CHARACTERS} characters. For example: ${missing}=$(openssl rand -hex 32)`,
  );
}
