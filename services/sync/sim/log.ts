import type { Logger } from '@syncline/runtime';
import { hash } from './random.ts';

/** What happened, in order: a hash of all of it, and the lines where someone wants to read them. */
export class EventLog {
  readonly lines: string[] = [];
  readonly #verbose: boolean;
  readonly #now: () => number;
  #low = 1;
  #high = 2;

  constructor(deps: { now: () => number; verbose: boolean }) {
    this.#now = deps.now;
    this.#verbose = deps.verbose;
  }

  /** Goes into the hash, and is not worth a line. */
  count(what: string): void {
    this.#low = hash(what, this.#low ^ (this.#now() * 1000));
    this.#high = hash(what, this.#high + this.#low);
  }

  add(what: string): void {
    this.count(what);
    if (this.#verbose) this.lines.push(`${(this.#now() / 1000).toFixed(4).padStart(9)}  ${what}`);
  }

  get digest(): string {
    return this.#high.toString(16).padStart(8, '0') + this.#low.toString(16).padStart(8, '0');
  }
}

/** A pod's log: into the event log, and errors to whoever judges them. */
export function createSimLog(deps: {
  add: (line: string) => void;
  onError: (message: string, error: unknown) => void;
}): Logger {
  const say = (level: string) => (fields: { err?: unknown } | string, message?: string) => {
    const text = typeof fields === 'string' ? fields : (message ?? '');
    const error = typeof fields === 'string' ? undefined : fields.err;
    deps.add(`${level}: ${text}${error instanceof Error ? ` (${error.name}: ${error.message})` : ''}`);
    if (level === 'error') deps.onError(text, error);
  };
  const log = {
    child: () => log,
    debug: () => {},
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  };
  return log as unknown as Logger;
}
