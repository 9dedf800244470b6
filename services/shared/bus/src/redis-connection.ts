import type { Clock, Random } from '@syncline/runtime';
import { Redis } from 'ioredis';
import { begin } from './names.ts';

/** An idle link that died without a word is noticed after these two. */
const PING_MS = 10_000;
const SILENCE_MS = 5_000;
/** Nobody waits longer than this for a pod to come back once Redis has. */
const MAX_RETRY_MS = 500;

/**
 * A connection that never gives up and never keeps anything back: a command given to it while Redis is away fails, since
 * a frame that arrives late is worth less than the journal's own word.
 */
export function connectRedis(
  url: string,
  deps: {
    name: string;
    /** Whose keys these are: every key is called after it, whoever uses the connection. */
    installation: string;
    clock: Clock;
    random: Random;
    onError: (error: Error) => void;
    /** How long one command may take; left out, as long as the link lives. */
    commandTimeoutMs?: number;
  },
): Redis {
  const redis = new Redis(url, {
    connectionName: deps.name,
    keyPrefix: begin.inRedis(deps.installation),
    enableOfflineQueue: false,
    // Fails what was sent and not answered when the connection is lost, instead of keeping it.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // We subscribe ourselves, because only so do we know when the subscriptions stand.
    autoResubscribe: false,
    connectTimeout: 5_000,
    ...(deps.commandTimeoutMs !== undefined && { commandTimeout: deps.commandTimeoutMs }),
    socketTimeout: SILENCE_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_RETRY_MS) * (0.5 + deps.random() / 2),
  });
  redis.on('error', deps.onError);
  keepAsking(redis, deps.clock);
  return redis;
}

/** Without a question no silence is noticed: a connection that only listens would be dead and not know it. */
function keepAsking(redis: Redis, clock: Clock): void {
  clock.after(PING_MS, () => {
    if (redis.status === 'end') return;
    if (redis.status === 'ready') redis.ping().catch(() => {});
    keepAsking(redis, clock);
  });
}
