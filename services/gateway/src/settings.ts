import type { OriginSettings } from '@syncline/auth';
import type { ReaderLimits } from './markdown/reader.ts';
import type { RateLimitSettings } from './rate-limits.ts';

/** What a gateway is told; every limit has its default in {@link limitsOf}. */
export interface GatewaySettings extends OriginSettings {
  /** Folder of the built web app; without it no pages are served. */
  webRoot?: string;
  /** Largest request body, in bytes. Default 768 KiB: NATS carries at most 1 MiB with headers. */
  bodyLimitBytes?: number;
  /** Largest message to a pod, in bytes: Markdown grows when it becomes blocks. Default 1,000,000. */
  messageLimitBytes?: number;
  /** How long the pods may take to answer, in milliseconds. Default 10,000. */
  rpcTimeoutMs?: number;
  /** How long one pod may take before the request is sent again, in milliseconds. Default 3,000. */
  rpcTryMs?: number;
  /** What `Retry-After` says, in seconds. Default 2. */
  retryAfterSeconds?: number;
  /** How many requests a minute are answered. Default: 600,000 of an address, 6,000 of a key. */
  rateLimits?: RateLimitSettings;
  /** How many proxies stand before the gateway, each of which appends to `X-Forwarded-For`. Default 0. */
  proxies?: number;
  /** How long and where Markdown is read. */
  markdown?: ReaderLimits;
  /** About how many characters an MCP read answers at once. Default 20,000. */
  pageCharacters?: number;
}

export type Limits = Required<
  Pick<
    GatewaySettings,
    'bodyLimitBytes' | 'messageLimitBytes' | 'rpcTimeoutMs' | 'rpcTryMs' | 'retryAfterSeconds' | 'pageCharacters'
  >
>;

/** The limits, with defaults where the settings say nothing. */
export function limitsOf(settings: GatewaySettings): Limits {
  return {
    bodyLimitBytes: settings.bodyLimitBytes ?? 768 * 1024,
    messageLimitBytes: settings.messageLimitBytes ?? 1_000_000,
    rpcTimeoutMs: settings.rpcTimeoutMs ?? 10_000,
    rpcTryMs: settings.rpcTryMs ?? 3_000,
    retryAfterSeconds: settings.retryAfterSeconds ?? 2,
    pageCharacters: settings.pageCharacters ?? 20_000,
  };
}
