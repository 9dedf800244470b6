import { pino, type Logger } from 'pino';

export type { Logger };

/**
 * The process's log: JSON lines on stdout, for a person's terminal or a collector alike. Secrets never come in: what
 * could hold one is redacted here, whoever logs it.
 */
export function createLog(options: { service: string; level: string }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service },
    redact: {
      paths: ['*.authorization', '*.token', '*.cookie', 'token', 'authorization', '*.headers', 'headers'],
      censor: '[redacted]',
    },
  });
}
