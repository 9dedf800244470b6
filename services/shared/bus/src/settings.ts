import { type SettingsTable, url } from '@syncline/runtime';
import * as z from 'zod';

/** The setting of every process that sends commands or carries them out. */
export const RPC_SETTINGS = {
  NATS_URL: {
    schema: z
      .string()
      .refine(
        (text) => text.split(',').every((one) => url('nats', 'tls').safeParse(one).success),
        'must be a URL that begins with nats:// or tls://, or several with commas between',
      ),
    description: 'The NATS server, or servers, between gateways and pods',
    example: 'nats://localhost:4222',
    secret: true,
  },
} satisfies SettingsTable;

/** The setting of every process that holds documents. */
export const FANOUT_SETTINGS = {
  REDIS_URL: {
    schema: url('redis', 'rediss'),
    description: 'The Redis (or Valkey) server between the pods',
    example: 'redis://localhost:6379',
    secret: true,
  },
} satisfies SettingsTable;
