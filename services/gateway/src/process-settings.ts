import { AUTH_SETTINGS } from '@syncline/auth';
import { RPC_SETTINGS } from '@syncline/bus';
import { DATABASE_SETTINGS } from '@syncline/journal';
import { PROCESS_SETTINGS, type SettingsOf, type SettingsTable, url } from '@syncline/runtime';
import { RATE_SETTINGS } from './rate-settings.ts';

/** What a gateway process is told. */
export const SETTINGS = {
  ...PROCESS_SETTINGS,
  ...DATABASE_SETTINGS,
  ...RPC_SETTINGS,
  ...AUTH_SETTINGS,
  ...RATE_SETTINGS,
  REDIS_URL: {
    schema: url('redis', 'rediss').optional(),
    description: 'The Redis (or Valkey) server in which all gateways count requests together',
    example: 'redis://localhost:6379',
    defaultText: 'none: each gateway counts for itself',
    secret: true,
  },
  PODS_URL: {
    schema: url('http').optional(),
    description: 'The admin address of the sync pods, where documents are read while NATS is away',
    example: 'http://sync:9090',
    defaultText: 'none: then reads wait for NATS too',
  },
} satisfies SettingsTable;

export type Settings = SettingsOf<typeof SETTINGS>;
