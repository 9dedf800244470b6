import {
  createCompaction,
  createLeases,
  createProjection,
  createReader,
  type Database,
  GroupCommit,
  type GroupCommitLimits,
} from '@syncline/journal';
import { Pod, type PodDeps } from './pod.ts';

type FromDatabase = 'journal' | 'reader' | 'projection' | 'compaction' | 'leases';

/** A pod over a database, and whether that can be written. */
export interface ComposedPod {
  pod: Pod;
  canWrite(): boolean;
}

/** Puts a pod and the journal's parts together. */
export function composePod(
  deps: Omit<PodDeps, FromDatabase> & { db: Database; commitLimits?: Partial<GroupCommitLimits> },
): ComposedPod {
  const { db, commitLimits, ...rest } = deps;
  const { clock, log, metrics } = deps;
  let writer: GroupCommit | undefined;
  const pod = new Pod({
    ...rest,
    journal: (committed) =>
      (writer = new GroupCommit({ db, clock, log, metrics, committed, ...(commitLimits && { limits: commitLimits }) })),
    reader: createReader(db),
    projection: createProjection(db),
    compaction: createCompaction(db),
    leases: createLeases(db),
  });
  return { pod, canWrite: () => writer!.available };
}
