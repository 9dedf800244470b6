import { type SettingsTable, url } from '@syncline/runtime';
import * as z from 'zod';

/** The settings of every process that sends commands or carries them out. */
export const RPC_SETTINGS = {
  INSTALLATION: {
    schema: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
        'must be up to 63 letters, digits, - and _, and begin with a letter or digit',
      )
      .optional(),
    description: 'How pods and gateways of one database call themselves on NATS and Redis; the same for all of them',
    example: 'production',
    defaultText: 'the id that the database was given when it was migrated',
  },
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
