import { DatabaseError } from '@syncline/journal';
import type { EventLog } from './log.ts';
import { Violation } from './truth.ts';

/** What a pod says when the database went back. */
const WENT_BACK: ReadonlySet<string> = new Set([
  'the journal went back: a document is opened anew',
  'the database was recovered: its last commits may be missing',
  'rows of a document are gone that this pod has no more; who has them will bring them back',
  'it was not: clients that have it will bring it back',
]);

/** Collects what went wrong in a run; the first of it ends the run. */
export class Judge {
  readonly #log: EventLog;
  readonly violations: string[] = [];
  /** Whether the database has gone back, so that pods may say so. */
  mayGoBack: () => boolean = () => false;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Runs a check; what it finds is noted, and not thrown into the code that is being watched. */
  guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (error instanceof Violation) this.note(error.message);
      else this.bug('the simulator itself failed', error);
    }
  }

  note(violation: string): void {
    this.violations.push(violation);
    this.#log.add(`VIOLATION ${violation}`);
  }

  bug(what: string, error: unknown): void {
    this.note(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  /** A pod has logged an error: that is a bug, unless the database was the cause. */
  logged(pod: string, message: string, error: unknown): void {
    if (message === 'the journal could not commit' || error instanceof DatabaseError) return;
    if (this.mayGoBack() && WENT_BACK.has(message)) return;
    this.bug(`${pod} logs "${message}"`, error);
  }
}
