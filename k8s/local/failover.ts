import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { TestServer } from '../../.ci/server.ts';

const run = promisify(execFile);

/** How long its processes may take to stand still before their files are copied. */
const STILL_MS = 50;

/**
 * A Postgres that is replaced by a copy of itself, as a failover to an asynchronous standby or a restored backup does:
 * what was committed after the copy was made is gone.
 */
export interface Failover {
  /** Copies the running server: all its processes stand still meanwhile, so that the copy is of one moment. */
  copy(): Promise<void>;
  /**
   * Ends the server as `kill -9` does, and puts the copy in its place, to be started.
   * @param promoted whether the copy begins another timeline, as a standby does; else nothing but the rows tells
   */
  replace(promoted: boolean): Promise<void>;
}

export function createFailover(postgres: TestServer): Failover {
  const { data } = postgres;
  const copied = `${data}-copy`;
  return {
    async copy() {
      await rm(copied, { recursive: true, force: true });
      postgres.pause();
      try {
        await pause(STILL_MS);
        await run('cp', ['-a', data, copied]);
      } finally {
        postgres.resume();
      }
    },
    async replace(promoted) {
      await postgres.kill();
      await rm(data, { recursive: true, force: true });
      await rename(copied, data);
      await rm(join(data, 'postmaster.pid'), { force: true });
      if (!promoted) return;
      await run('cp', ['-a', join(data, 'PG_VERSION'), join(data, 'recovery.signal')]);
      await writeFile(join(data, 'postgresql.auto.conf'), "restore_command = 'false'\n");
    },
  };
}
