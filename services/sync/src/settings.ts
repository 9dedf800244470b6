import { AUTH_SETTINGS } from '@syncline/auth';
import { FANOUT_SETTINGS, RPC_SETTINGS } from '@syncline/bus';
import { DATABASE_SETTINGS } from '@syncline/journal';
import {
  type HttpSettings,
  PROCESS_SETTINGS,
  type SettingsOf,
  type SettingsTable,
  wholeNumber,
} from '@syncline/runtime';
import * as z from 'zod';
import { MAX_AT_WORK_MS } from './edits/at-work.ts';
import { POD_LIMITS, type PodLimits } from './pod.ts';

const DAY_MS = 24 * 3600 * 1000;
const GIB = 1024 ** 3;

/** What a pod is told about itself, in whichever process it runs. */
export const POD_SETTINGS = {
  MAX_CONNECTIONS: {
    schema: wholeNumber(1, 1_000_000).default(POD_LIMITS.maxConnections),
    description: 'Sockets that a pod holds; the next one is refused with 1013',
    example: '10000',
  },
  MAX_UNAUTHENTICATED: {
    schema: wholeNumber(1, 1_000_000).default(POD_LIMITS.maxUnauthenticated),
    description:
      'Sockets that have not yet said who they are; for one more, the oldest of the busiest address is closed',
    example: '1000',
  },
  MAX_UNAUTHENTICATED_BYTES: {
    schema: wholeNumber(1024, 64 * GIB).default(POD_LIMITS.maxUnauthenticatedBytes),
    description: 'What those may have sent, all together; beyond it as above, of the address that has sent most',
    example: '67108864',
  },
  AUTHENTICATE_MS: {
    schema: wholeNumber(100, 600_000).default(POD_LIMITS.authenticateMs),
    description: 'How long a socket may take to say who it is; later it is closed with 4408',
    example: '15000',
  },
  MAX_UPDATE_BYTES: {
    schema: wholeNumber(1024, 64 * 1024 * 1024).default(POD_LIMITS.maxUpdateBytes),
    description: 'The largest update, and frame, that a client may send; larger ones close it with 4413',
    example: '8388608',
  },
  MAX_DOCUMENT_BYTES: {
    schema: wholeNumber(1024, GIB).default(POD_LIMITS.maxDocumentBytes),
    description: 'How large a document may become; what would make it larger is refused with 4413',
    example: '33554432',
  },
  MAX_FRAMES_PER_SECOND: {
    schema: wholeNumber(20, 1_000_000).default(POD_LIMITS.maxFramesPerSecond),
    description: 'Frames of one client in the long run, ten seconds’ worth at once; more close it with 4429',
    example: '1000',
  },
  MAX_AWARENESS_BYTES: {
    schema: wholeNumber(256, 8 * 1024 * 1024).default(POD_LIMITS.maxAwarenessBytes),
    description: 'The largest presence that a client may send; larger ones close it with 4413',
    example: '65536',
  },
  MAX_AWARENESS_CLIENTS: {
    schema: wholeNumber(1, 100_000).default(POD_LIMITS.maxAwarenessClients),
    description: 'For how many clients one socket may speak; more close it with 4429',
    example: '32',
  },
  AT_WORK_MS: {
    schema: wholeNumber(0, MAX_AT_WORK_MS).default(POD_LIMITS.atWorkMs),
    description: 'How long after their last call somebody is shown at work who acts over REST or MCP; 0: not at all',
    example: '20000',
  },
  MAX_AT_WORK: {
    schema: wholeNumber(1, 1_000).default(POD_LIMITS.maxAtWork),
    description: 'How many of them a pod shows in one document; calls of more are counted, and not shown',
    example: '20',
  },
  SLOW_BYTES: {
    schema: wholeNumber(1024, GIB).default(POD_LIMITS.slowBytes),
    description: 'Bytes that may wait for a client for longer than SLOW_MS; more close it with 4429',
    example: '1048576',
  },
  SLOW_MS: {
    schema: wholeNumber(100, 3_600_000).default(POD_LIMITS.slowMs),
    description: 'How long a client may take to get below SLOW_BYTES',
    example: '60000',
  },
  MAX_UNSENT_BYTES: {
    schema: wholeNumber(1024, GIB).default(POD_LIMITS.maxUnsentBytes),
    description: 'Bytes that may wait for a client at all; more close it with 4429 at once',
    example: '67108864',
  },
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

/** What a sync pod is told that is a process of its own. */
export const SETTINGS = {
  ...PROCESS_SETTINGS,
  ...DATABASE_SETTINGS,
  ...FANOUT_SETTINGS,
  ...RPC_SETTINGS,
  ...AUTH_SETTINGS,
  ...POD_SETTINGS,
} satisfies SettingsTable;

export type Settings = SettingsOf<typeof SETTINGS>;

/** The limits that these settings ask for. */
export function podLimits(
  settings: SettingsOf<typeof POD_SETTINGS> & Pick<HttpSettings, 'PROXIES'>,
): Partial<PodLimits> {
  return {
    maxConnections: settings.MAX_CONNECTIONS,
    maxUnauthenticated: settings.MAX_UNAUTHENTICATED,
    maxUnauthenticatedBytes: settings.MAX_UNAUTHENTICATED_BYTES,
    proxies: settings.PROXIES,
    authenticateMs: settings.AUTHENTICATE_MS,
    maxFrameBytes: settings.MAX_UPDATE_BYTES,
    maxUpdateBytes: settings.MAX_UPDATE_BYTES,
    maxDocumentBytes: settings.MAX_DOCUMENT_BYTES,
    maxFramesPerSecond: settings.MAX_FRAMES_PER_SECOND,
    maxAwarenessBytes: settings.MAX_AWARENESS_BYTES,
    maxAwarenessClients: settings.MAX_AWARENESS_CLIENTS,
    atWorkMs: settings.AT_WORK_MS,
    maxAtWork: settings.MAX_AT_WORK,
    slowBytes: settings.SLOW_BYTES,
    slowMs: settings.SLOW_MS,
    maxUnsentBytes: settings.MAX_UNSENT_BYTES,
    drainMs: settings.DRAIN_MS,
    keepCommandsMs: settings.KEEP_COMMANDS_DAYS * DAY_MS,
    compaction: { ...POD_LIMITS.compaction, keepRowsMs: settings.KEEP_ROWS_DAYS * DAY_MS },
  };
}
