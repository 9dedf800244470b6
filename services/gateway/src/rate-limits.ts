import type { Grant } from '@syncline/auth';
import { Refusal } from '@syncline/protocol';
import type { RequestHandler, Response } from 'express';
import { type Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** How many requests a minute; see `process-settings.ts`. */
export interface RateLimitSettings {
  perAddress: number;
  perKey: number;
  /** Where all gateways of an installation count together; without it, and while it is away, each counts for itself. */
  redis?: Redis | undefined;
}

const WINDOW_SECONDS = 60;

export interface RateLimits {
  /** Counts a request of whoever sends it, before anything is known of them. */
  ofAddress: RequestHandler;
  /**
   * Counts a request of the key, link or person behind it; in open mode there is none.
   * @throws Refusal `too_many`
   */
  ofGrant(grant: Grant, res: Response): Promise<void>;
}

/** Counts requests in Redis, and by itself while Redis is away: a limit must not take the service down with it. */
export function createRateLimits({ perAddress, perKey, redis }: RateLimitSettings): RateLimits {
  const address = limiter('address', perAddress);
  const key = limiter('key', perKey);

  function limiter(name: string, points: number) {
    const options = { keyPrefix: `rate:${name}`, points, duration: WINDOW_SECONDS };
    const own = new RateLimiterMemory(options);
    if (!redis) return own;
    return new RateLimiterRedis({
      ...options,
      storeClient: redis,
      insuranceLimiter: own,
      rejectIfRedisNotReady: true,
      // Whoever is beyond the limit is not asked for again.
      inMemoryBlockOnConsumed: points + 1,
    });
  }

  async function count(of: 'address' | 'key', who: string, res: Response): Promise<void> {
    const limit = of === 'address' ? address : key;
    const { points } = limit;
    let now: RateLimiterRes;
    let beyond = false;
    try {
      now = await limit.consume(who);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      // What it was blocked by is not counted any more: the numbers alone do not tell.
      now = error;
      beyond = true;
    }
    const seconds = Math.max(1, Math.ceil(now.msBeforeNext / 1000));
    const left = beyond ? 0 : now.remainingPoints;
    res.append('RateLimit-Policy', `"${of}";q=${points};w=${WINDOW_SECONDS}`);
    res.append('RateLimit', `"${of}";r=${left};t=${seconds}`);
    if (!beyond) return;
    const whose = of === 'address' ? 'your address' : 'this key';
    throw new Refusal(
      'too_many',
      `More than ${points} requests in ${WINDOW_SECONDS} seconds come from ${whose}. Go on in ${seconds} seconds.`,
      { retry_after: seconds },
    );
  }

  return {
    ofAddress: (req, res, next) => count('address', req.ip ?? 'unknown', res).then(() => next(), next),
    async ofGrant({ source, workspace }, res) {
      if (source !== null) await count('key', `${workspace} ${source}`, res);
    },
  };
}
