import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import * as z from 'zod';
import { answerHealth, createAdminServer, type Health } from './health.ts';
import { HTTP_SETTINGS, HttpGuard, type HttpSettings } from './http-guard.ts';
import { closeServer, listen, refuseUpgrade } from './http-server.ts';
import type { Metrics } from './metrics.ts';
import { type SettingsTable, wholeNumber } from './settings.ts';

/** Settings that every process has. */
export const PROCESS_SETTINGS = {
  HOST: { schema: z.string().default('127.0.0.1'), description: 'The address to listen on', example: '127.0.0.1' },
  PORT: {
    schema: wholeNumber(0, 65535).default(8080),
    description: 'The port of everything that is opened from outside',
    example: '8080',
  },
  ADMIN_PORT: {
    schema: wholeNumber(0, 65535).default(9090),
    description: 'The port of /metrics; nothing outside needs it',
    example: '9090',
  },
  LOG_LEVEL: {
    schema: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
      .default('info'),
    description: 'How much is logged',
    example: 'info',
  },
  ...HTTP_SETTINGS,
} satisfies SettingsTable;

/** What the doors lead to, once the process is ready for it. */
export interface Behind {
  health: () => Health;
  request: RequestListener;
  /** @returns false when the path is none of its own */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
}

/** A process's ports. They open at once, so that a second start hears of a taken port before anything is touched. */
export interface Doors {
  /** The port of everything that is opened from outside; it differs from the setting where that is 0. */
  port: number;
  /** For further servers of the process. */
  guard: HttpGuard;
  /** Until this is called, requests get 503 and `/readyz` says `starting`. */
  open(behind: Behind): void;
  close(): Promise<void>;
}

export interface DoorsOptions extends HttpSettings {
  HOST: string;
  PORT: number;
  /** null: no admin port. */
  ADMIN_PORT: number | null;
  metrics: Metrics;
  /** What the admin port answers beside `/metrics`. @returns false when the request is for another */
  admin?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const CLOSE_DEADLINE_MS = 5_000;

/** @throws StartError when a port is taken */
export async function openDoors(options: DoorsOptions): Promise<Doors> {
  let behind: Behind = {
    health: () => ({ status: 'starting' }),
    request: (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end(),
  };
  const guard = new HttpGuard({ settings: options, metrics: options.metrics });
  const server = guard.createServer(
    (request, response) => {
      if (!answerHealth(behind.health, request, response)) behind.request(request, response);
    },
    (request, socket, head) => {
      // Node takes its own listener off before an upgrade; without one, a client's reset would end the process.
      socket.on('error', () => socket.destroy());
      if (!behind.upgrade?.(request, socket, head)) refuseUpgrade(socket, '404 Not Found');
    },
  );
  const { HOST: host, ADMIN_PORT } = options;
  const port = await listen(server, { host, port: options.PORT, setting: 'PORT' });
  const admin =
    ADMIN_PORT === null ? null : createAdminServer({ guard, metrics: options.metrics, more: options.admin });
  if (admin) await listen(admin, { host, port: ADMIN_PORT!, setting: 'ADMIN_PORT' });
  return {
    port,
    guard,
    open: (now) => (behind = now),
    async close() {
      await Promise.all([closeServer(server, CLOSE_DEADLINE_MS), admin && closeServer(admin, CLOSE_DEADLINE_MS)]);
    },
  };
}
