import { AUTH_SETTINGS } from '@syncline/auth';
import { RATE_SETTINGS } from '@syncline/gateway';
import { DATABASE_SETTINGS } from '@syncline/journal';
import { PROCESS_SETTINGS, type SettingsOf, type SettingsTable } from '@syncline/runtime';
import { POD_SETTINGS } from '@syncline/sync';
import * as z from 'zod';

/** What `npm start` can be told; the same names mean the same in every process. */
export const SETTINGS = {
  ...PROCESS_SETTINGS,
  ADMIN_PORT: {
    ...PROCESS_SETTINGS.ADMIN_PORT,
    schema: PROCESS_SETTINGS.ADMIN_PORT.schema.unwrap().optional(),
    defaultText: '9090, or none when that is taken',
  },
  LOG_LEVEL: { ...PROCESS_SETTINGS.LOG_LEVEL, schema: PROCESS_SETTINGS.LOG_LEVEL.schema.unwrap().default('warn') },
  DATA_DIR: {
    schema: z.string().default('.syncline'),
    description: 'The folder that keeps the documents',
    example: '.syncline',
  },
  DATABASE_URL: {
    ...DATABASE_SETTINGS.DATABASE_URL,
    schema: DATABASE_SETTINGS.DATABASE_URL.schema.optional(),
    description: 'A Postgres server to keep the documents in, in place of DATA_DIR',
  },
  ...AUTH_SETTINGS,
  ...RATE_SETTINGS,
  ...POD_SETTINGS,
  // Ctrl+C is not waited for: nobody but this machine's tabs comes back.
  DRAIN_MS: { ...POD_SETTINGS.DRAIN_MS, schema: POD_SETTINGS.DRAIN_MS.schema.unwrap().default(0) },
} satisfies SettingsTable;

export type Settings = SettingsOf<typeof SETTINGS>;
