import { type SettingsOf, type SettingsTable, StartError, url, wholeNumber } from '@syncline/runtime';
import * as z from 'zod';

/** What `npm start` can be told; the same names mean the same in every process. */
export const SETTINGS = {
  HOST: {
    schema: z.string().default('127.0.0.1'),
    description: 'The address to listen on',
    example: '127.0.0.1',
  },
  PORT: {
    schema: wholeNumber(0, 65535).default(8080),
    description: 'The port of everything people and agents open',
    example: '8080',
  },
  ADMIN_PORT: {
    schema: wholeNumber(0, 65535).optional(),
    description: 'The port of /metrics, on 127.0.0.1',
    example: '9090',
    defaultText: '9090, or none when that is taken',
  },
  DATA_DIR: {
    schema: z.string().default('.syncline'),
    description: 'The folder that keeps the documents',
    example: '.syncline',
  },
  DATABASE_URL: {
    schema: url('postgres', 'postgresql').optional(),
    description: 'A Postgres server to keep the documents in, in place of DATA_DIR',
    example: 'postgres://user:password@localhost:5432/syncline',
    secret: true,
  },
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
  LOG_LEVEL: {
    schema: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
      .default('warn'),
    description: 'How much is logged',
    example: 'info',
  },
  FAILPOINT: {
    schema: z.string().optional(),
    description: 'For fault tests only: the point at which this process kills itself',
    example: 'command-committed',
  },
} satisfies SettingsTable;

export type Settings = SettingsOf<typeof SETTINGS>;

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1']);

/** What one setting alone does not show. @throws StartError */
export function checkTogether(settings: Settings): void {
  if (!LOOPBACK.has(settings.HOST) && settings.ALLOW_OPEN !== '1') {
    throw new StartError(
      `HOST=${settings.HOST} would let everyone in the network read and write, because AUTH_MODE is open: ` +
        'leave it at HOST=127.0.0.1, or say ALLOW_OPEN=1 where something else keeps strangers out',
    );
  }
}
