import { AUTH_SETTINGS } from '@syncline/auth';
import { FANOUT_SETTINGS, RPC_SETTINGS } from '@syncline/bus';
import { DATABASE_SETTINGS } from '@syncline/journal';
import { PROCESS_SETTINGS, type SettingsOf, type SettingsTable, wholeNumber } from '@syncline/runtime';
import * as z from 'zod';
import { POD_LIMITS } from './pod.ts';

/** What clients may ask of a pod, wherever it runs. */
export const LIMIT_SETTINGS = {
  MAX_UPDATE_BYTES: {
    schema: wholeNumber(1024, 64 * 1024 * 1024).default(POD_LIMITS.maxUpdateBytes),
    description: 'The largest update, and frame, that a client may send; larger ones close it with 4413',
    example: '8388608',
  },
} satisfies SettingsTable;

/** What a sync pod is told. */
export const SETTINGS = {
  ...PROCESS_SETTINGS,
  ...DATABASE_SETTINGS,
  ...FANOUT_SETTINGS,
  ...RPC_SETTINGS,
  ...AUTH_SETTINGS,
  MAX_CONNECTIONS: {
    schema: wholeNumber(1, 1_000_000).default(POD_LIMITS.maxConnections),
    description: 'Sockets that this pod holds; the next one is refused with 1013',
    example: '10000',
  },
  ...LIMIT_SETTINGS,
  DRAIN_MS: {
    schema: wholeNumber(0, 600_000).default(10_000),
    description: 'Over how long a pod that stops spreads the closing of its sockets',
    example: '10000',
  },
  KEEP_ROWS_DAYS: {
    schema: wholeNumber(0, 36_500).default(30),
    description: 'How long rows are kept that a snapshot covers: as far back as history reaches',
    example: '30',
  },
  KEEP_COMMANDS_DAYS: {
    schema: wholeNumber(1, 36_500).default(7),
    description: 'How long a command that is sent again is known as the same',
    example: '7',
  },
  FAILPOINT: {
    schema: z.string().optional(),
    description: 'For fault tests only: the point at which this process kills itself',
    example: 'command-committed',
  },
} satisfies SettingsTable;

export type Settings = SettingsOf<typeof SETTINGS>;
