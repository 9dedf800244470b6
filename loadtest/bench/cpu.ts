import { readdirSync, readFileSync } from 'node:fs';

/** A process's times in /proc are counted in hundredths of a second. */
const TICK_MS = 10;

/** What processes have cost so far, in milliseconds of CPU. */
export interface CpuTime {
  pods: number;
  postgres: number;
}

/** Reads the CPU time of the pods and of Postgres with all of its backends. Linux only. */
export function readCpu(pids: { pods: number[]; postgres: number }): CpuTime {
  const pods = pids.pods.reduce((sum, pid) => sum + (times(pid)?.own ?? 0), 0);
  return { pods, postgres: postgresTime(pids.postgres) };
}

function postgresTime(postmaster: number): number {
  const main = times(postmaster);
  if (!main) return 0;
  const backends = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => times(Number(name)))
    .filter((process) => process?.parent === postmaster);
  // Backends that have ended meanwhile are in the postmaster's count of its children.
  return backends.reduce((sum, backend) => sum + backend!.own, main.own + main.children);
}

function times(pid: number): { parent: number; own: number; children: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name stands in parentheses and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const number = (field: number) => Number(fields[field - 3]);
    return {
      parent: number(4),
      own: (number(14) + number(15)) * TICK_MS,
      children: (number(16) + number(17)) * TICK_MS,
    };
  } catch {
    return null; // it has ended
  }
}
