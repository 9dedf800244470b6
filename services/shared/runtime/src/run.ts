import type { Logger } from './log.ts';
import { describeSettings, type SettingsTable, StartError } from './settings.ts';

/** A process's work, once it has started. */
export interface Running {
  log: Logger;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** How long that may take before the process ends all the same. Default 25 s. */
  stopDeadlineMs?: number;
  /** What a person is told once it runs. */
  greeting?: string;
}

/**
 * Runs a process from start to end: SIGTERM and SIGINT stop it in good order (a second one at once), a start that cannot
 * be says why in a sentence and exits with 1, and an error that nobody caught is a bug: logged, then the end, because
 * the journal heals what a restart leaves and nothing heals a process that goes on half-broken.
 */
export async function runProcess(start: () => Promise<Running | null>, exitWhenInterrupted = 0): Promise<void> {
  // As process 1 of a container it would otherwise not hear a signal before it has started.
  const early = () => process.exit(exitWhenInterrupted);
  process.once('SIGTERM', early).once('SIGINT', early);
  let running: Running;
  try {
    const started = await start();
    if (!started) return;
    running = started;
  } catch (error) {
    process.stderr.write(
      error instanceof StartError ? `${error.message}\n` : `${(error as Error)?.stack ?? String(error)}\n`,
    );
    process.exit(1);
  }
  const { log } = running;
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'an error that nobody caught: ending');
    process.exit(70);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  let stopping = false;
  const end = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('could not stop in time');
      process.exit(1);
    }, running.stopDeadlineMs ?? 25_000).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop in good order');
        process.exit(1);
      },
    );
  };
  process.off('SIGTERM', early).off('SIGINT', early);
  process.on('SIGTERM', end).on('SIGINT', end);
  // Last: whoever reads it may at once send a signal.
  if (running.greeting) process.stdout.write(running.greeting);
}

/** Libraries that print are heard in the log instead, as warnings. */
export function adoptConsole(log: Logger): void {
  const library = log.child({ component: 'library' });
  const say = (...words: unknown[]) => {
    const error = words.find((word) => word instanceof Error);
    library.warn({ err: error }, words.filter((word) => word !== error).join(' '));
  };
  Object.assign(console, { log: say, info: say, warn: say, error: say });
}

/**
 * Points at which a fault test ends the process, as `kill -9` would.
 * @param wanted the name of the one point that does; none in production
 */
export function createFailpoint(wanted: string | undefined): (name: string) => void {
  return (name) => {
    if (wanted === name) process.kill(process.pid, 'SIGKILL');
  };
}

/** A `main.ts`: `--help` prints what the process is and its settings, anything else starts it. */
export async function runMain(main: {
  title: string;
  /** How it is called, where it takes more than its settings. */
  usage?: string;
  settings: SettingsTable;
  start: () => Promise<Running | null>;
  /** With what it exits when it is told to end before it has started. Default 0: nothing is left undone. */
  exitWhenInterrupted?: number;
}): Promise<void> {
  if (process.argv.includes('--help'))
    process.stdout.write(
      `${main.title}\n\n${main.usage ? `Usage: ${main.usage}\n\n` : ''}Settings, as environment variables:\n\n${describeSettings(main.settings)}\n`,
    );
  else await runProcess(main.start, main.exitWhenInterrupted);
}
