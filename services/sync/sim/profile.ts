import type { Chance } from './random.ts';

/** What kind of world a seed makes. */
export interface Profile {
  /** Nothing is lost and nobody dies: then nothing may lag either. */
  calm: boolean;
  /** What may happen beside edits and commands. */
  crashes: boolean;
  drains: boolean;
  partitions: boolean;
  cuts: boolean;
  stalls: boolean;
  /** The database is replaced by a copy that lacks the last rows; `traces`: and has another name then. */
  rewinds: boolean;
  traces: boolean;
  /** Shares of statements: lost, done without an answer, done later. */
  database: { lost: number; unanswered: number; later: number };
  fanout: { dropped: number; doubled: number };
  rpc: { requests: number; replies: number };
  documents: number;
  clients: number;
  actions: number;
  lingerMs: number;
  shadowIdleMs: number;
  maxBytesInFlight: number;
  compaction: { maxRows: number; keepRowsMs: number };
}

export function drawProfile(chance: Chance): Profile {
  const calm = chance.hits(0.25);
  const rewinding = chance.fork('rewinds');
  const sometimes = (share: number, value: number) => (!calm && chance.hits(share) ? chance.between(0, value) : 0);
  return {
    calm,
    crashes: !calm && chance.hits(0.5),
    drains: !calm && chance.hits(0.3),
    partitions: !calm && chance.hits(0.5),
    cuts: !calm && chance.hits(0.5),
    stalls: !calm && chance.hits(0.4),
    rewinds: !calm && rewinding.hits(0.4),
    traces: rewinding.hits(0.5),
    database: { lost: sometimes(0.4, 0.05), unanswered: sometimes(0.5, 0.06), later: sometimes(0.4, 0.04) },
    fanout: { dropped: sometimes(0.5, 0.3), doubled: sometimes(0.4, 0.2) },
    rpc: { requests: sometimes(0.3, 0.2), replies: sometimes(0.4, 0.3) },
    documents: chance.hits(0.7) ? 1 : 2,
    clients: 2 + chance.int(3),
    actions: 10 + chance.int(60),
    lingerMs: chance.pick([200, 600, 2_000]),
    shadowIdleMs: chance.pick([50, 1_000, 30_000]),
    maxBytesInFlight: chance.pick([100, 1_000_000]),
    compaction: { maxRows: chance.pick([6, 20, 500]), keepRowsMs: chance.pick([0, 1e9]) },
  };
}

/** Whether rows may be missing at a pod without anything that tells it: only its timer then finds them. */
export function losesSilently({ crashes, drains, rewinds, database, fanout }: Profile): boolean {
  return (
    rewinds ||
    crashes ||
    drains ||
    database.unanswered > 0 ||
    database.later > 0 ||
    database.lost > 0 ||
    fanout.dropped > 0
  );
}
