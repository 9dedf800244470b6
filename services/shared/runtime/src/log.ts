import { type DestinationStream, pino, type Logger, type LoggerOptions } from 'pino';

export type { Logger };

/**
 * The process's log: JSON lines on stdout, for a person's terminal or a collector alike. Secrets never come in: what
 * could hold one is redacted here, whoever logs it. `into` is for who reads it back, as tests do.
 */
export function createLog(options: { service: string; level: string; into?: DestinationStream }): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: { service: options.service },
    serializers: { err: errorWithoutArguments },
    redact: {
      paths: ['*.authorization', '*.token', '*.cookie', 'token', 'authorization', '*.headers', 'headers'],
      censor: '[redacted]',
    },
  };
  return options.into ? pino(settings, options.into) : pino(settings);
}

/** An error by its words alone: clients hang the command that failed on it, and with it a password. */
function errorWithoutArguments(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, code, cause } = error as Error & { code?: unknown };
  return { type: name, message, stack, code, cause: cause === undefined ? undefined : errorWithoutArguments(cause) };
}
