import { type SettingsOf, type SettingsTable, StartError, url } from '@syncline/runtime';
import * as z from 'zod';

/** Settings of every process that lets somebody in. */
export const AUTH_SETTINGS = {
  AUTH_MODE: {
    schema: z.enum(['open'], 'must be open: whoever reaches the port may read and write').default('open'),
    description: 'Who is let in',
    example: 'open',
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

/** What one setting alone does not show. @throws StartError when strangers would be let in by mistake */
export function refuseOpenToStrangers(settings: AuthSettings & { HOST: string }): void {
  if (LOOPBACK.has(settings.HOST) || settings.ALLOW_OPEN === '1') return;
  throw new StartError(
    `HOST=${settings.HOST} would let everyone in the network read and write, because AUTH_MODE is open: ` +
      'leave it at HOST=127.0.0.1, or say ALLOW_OPEN=1 where something else keeps strangers out',
  );
}
