import {
  createCompaction,
  createHistoryStore,
  createLeases,
  createProjection,
  createReader,
  type Database,
  GroupCommit,
  type GroupCommitLimits,
} from '@syncline/journal';
import { Pod, type PodDeps } from './pod.ts';

type FromDatabase = 'journal' | 'reader' | 'history' | 'projection' | 'compaction' | 'leases';

/** A pod over a database, and whether that can be written. */
export interface ComposedPod {
  pod: Pod;
  canWrite(): boolean;
}

/** The same database, through doors of their own: reads and projections must never stand before a commit. */
export interface PodDatabases {
  writing: Database;
  reading: Database;
  /** Need not wait for the disk: what it writes can be made anew. */
  projecting: Database;
}

/** One door for everything, where there is but one connection anyway. */
export function throughOneDoor(db: Database): PodDatabases {
  return { writing: db, reading: db, projecting: db };
}

/** Puts a pod and the journal's parts together. */
export function composePod(
  deps: Omit<PodDeps, FromDatabase> & { db: PodDatabases; commitLimits?: Partial<GroupCommitLimits> },
): ComposedPod {
  const { db, commitLimits, ...rest } = deps;
  const { clock, log, metrics } = deps;
  let writer: GroupCommit | undefined;
  const pod = new Pod({
    ...rest,
    journal: (committed) =>
      (writer = new GroupCommit({
        db: db.writing,
        clock,
        random: deps.random,
        log,
        metrics,
        committed,
        ...(commitLimits && { limits: commitLimits }),
      })),
    reader: createReader(db.reading),
    history: createHistoryStore(db.reading),
    projection: createProjection(db.projecting),
    compaction: createCompaction(db.reading),
    leases: createLeases(db.reading),
  });
  return { pod, canWrite: () => writer!.available };
}
