import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Access } from '@syncline/auth';
import type { Fanout, Rpc } from '@syncline/bus';
import type {
  CommittedRow,
  Compaction,
  HistoryStore,
  JournalReader,
  JournalWriter,
  Leases,
  Projection,
} from '@syncline/journal';
import { ERRORS, type Refusal } from '@syncline/protocol';
import type { Clock, Logger, Metrics, Random } from '@syncline/runtime';
import { CommandServer } from './commands/serve.ts';
import type { AtWorkLimits } from './edits/at-work.ts';
import { type CompactionLimits, Compactor } from './edits/compact.ts';
import type { Merged, MergeTask } from './edits/merge.ts';
import { Presence } from './edits/presence.ts';
import { Recovery } from './edits/recover.ts';
import { Relay } from './edits/relay.ts';
import { Repairer } from './edits/repair.ts';
import { Rooms } from './edits/rooms.ts';
import type { RepairReason, Room } from './edits/room.ts';
import { RightsWatch } from './edits/rights-watch.ts';
import { type Client, Session, type SessionLimits } from './edits/session.ts';
import { Transport } from './edits/transport.ts';
import { Housekeeping } from './housekeeping.ts';
import { Projector } from './project.ts';

/** Limits of a pod; each is an argument so that a process can set it. */
export interface PodLimits extends SessionLimits, AtWorkLimits {
  /** Sockets that one pod holds. */
  maxConnections: number;
  /** How many of them may not yet have said who they are. */
  maxUnauthenticated: number;
  /** What those may have sent, all together. */
  maxUnauthenticatedBytes: number;
  /** How many proxies stand before the pod, whose X-Forwarded-For says where a socket comes from. */
  proxies: number;
  /** How long a document that nobody uses stays in memory. */
  lingerMs: number;
  /** How long the copy for rehearsing commands outlives the last of them. */
  shadowIdleMs: number;
  /** A document's projection is written at most once in this time. */
  projectEveryMs: number;
  /** How often the pod reads what the fan-out may have lost: somewhere between these two. */
  repairEveryMs: { min: number; max: number };
  compaction: CompactionLimits;
  /** How often the pod looks whether it is its turn to keep house. */
  housekeepingEveryMs: number;
  /** How long a command's id keeps it from taking effect again. */
  keepCommandsMs: number;
  /** Over how long a pod that stops spreads the closing of its sockets. */
  drainMs: number;
}

export const POD_LIMITS: PodLimits = {
  maxFrameBytes: 8 * 1024 * 1024,
  maxUpdateBytes: 8 * 1024 * 1024,
  maxDocumentBytes: 32 * 1024 * 1024,
  maxBytesInFlight: 1024 * 1024,
  authenticateMs: 15_000,
  maxFramesPerSecond: 1_000,
  maxAwarenessBytes: 64 * 1024,
  maxAwarenessClients: 32,
  slowBytes: 1024 * 1024,
  slowMs: 60_000,
  maxUnsentBytes: 64 * 1024 * 1024,
  maxUnauthenticated: 1_000,
  maxUnauthenticatedBytes: 64 * 1024 * 1024,
  maxConnections: 10_000,
  proxies: 0,
  atWorkMs: 20_000,
  maxAtWork: 20,
  lingerMs: 30_000,
  shadowIdleMs: 30_000,
  projectEveryMs: 100,
  repairEveryMs: { min: 5_000, max: 15_000 },
  compaction: { maxRows: 500, maxBytes: 1024 * 1024, keepRowsMs: 30 * 24 * 3600 * 1000 },
  housekeepingEveryMs: 60_000,
  keepCommandsMs: 7 * 24 * 3600 * 1000,
  drainMs: 0,
};

export interface PodDeps {
  /** Makes the writer whose rows come back through `committed`. */
  journal: (committed: (row: CommittedRow) => void) => JournalWriter;
  reader: JournalReader;
  history: HistoryStore;
  projection: Projection;
  compaction: Compaction;
  leases: Leases;
  /** Merges rows into a state; on a thread of its own where there is one. */
  merge: (task: MergeTask) => Promise<Merged>;
  rpc: Rpc;
  fanout: Fanout;
  /** This pod, as other pods know it. */
  id: string;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics: Metrics;
  access: Access;
  checkOrigin: (headers: IncomingMessage['headers']) => Refusal | null;
  failpoint?: (name: string) => void;
  limits?: Partial<PodLimits>;
}

/** A sync pod: documents for sockets and for commands, out of one journal. */
export class Pod {
  readonly #deps: PodDeps;
  readonly #limits: PodLimits;
  readonly #journal: JournalWriter;
  readonly #rooms: Rooms;
  readonly #commands: CommandServer;
  readonly #projector: Projector;
  readonly #transport: Transport;
  readonly #presence: Presence;
  readonly #relay: Relay;
  readonly #repairer: Repairer;
  readonly #recovery: Recovery;
  readonly #compactor: Compactor;
  readonly #housekeeping: Housekeeping;
  readonly #rightsWatch: RightsWatch | null;
  readonly #closed;
  #draining = false;

  constructor(deps: PodDeps) {
    this.#deps = deps;
    this.#limits = { ...POD_LIMITS, ...deps.limits };
    const { log, metrics } = deps;
    const poison = metrics.counter('rows_unappliable_total', 'Rows that could not be applied to their document');
    const unreadable = metrics.counter(
      'documents_unreadable_total',
      'Times that a document as a whole could not be read',
    );
    this.#closed = metrics.counter('sockets_closed_total', 'Sockets that the pod closed or refused, by reason', [
      'reason',
    ]);
    // From the start: an alert that waits for a rise does not see the first one of a count that was not there.
    this.#closed.inc({ reason: 'full' }, 0);
    metrics.gauge('documents', 'Documents in memory', (gauge) => gauge.set(this.rooms));
    metrics.gauge('connections', 'Open sockets', (gauge) => gauge.set(this.connections));

    const repairs = metrics.counter('repairs_total', 'Times that rows were read because they had not arrived', [
      'reason',
    ]);
    const onRepair = (reason: RepairReason) => repairs.inc({ reason });

    this.#journal = deps.journal((row) => {
      this.#rooms.committed(row);
      this.#relay.committed(row);
    });
    deps.fanout.onRestored(() => this.#relay.restored());
    deps.fanout.onPodGone((pod) => this.#relay.podGone(pod));
    this.#presence = new Presence({ ...deps, pod: deps.id, limits: this.#limits });
    this.#relay = new Relay({ ...deps, pod: deps.id, presence: this.#presence });
    this.#projector = new Projector({ ...deps, intervalMs: this.#limits.projectEveryMs });
    const compactions = metrics.counter('compactions_total', 'Snapshots that were due, by what became of them', [
      'outcome',
    ]);
    this.#compactor = new Compactor({
      ...deps,
      pod: deps.id,
      onCompacted: (outcome) => compactions.inc({ outcome }),
      limits: this.#limits.compaction,
    });
    this.#recovery = new Recovery({
      ...deps,
      journal: this.#journal,
      rooms: () => this.#rooms,
      doubtAll: () => this.#repairer.doubt(),
    });
    this.#rooms = new Rooms({
      ...deps,
      onPoison: () => poison.inc(),
      onUnreadable: () => unreadable.inc(),
      onRepair,
      onDoubt: () => this.#repairer.doubt(),
      onOrphan: (row) => this.#recovery.orphan(row),
      onSuperseded: (room, head) => this.#recovery.superseded(room, head),
      join: (room) => this.#relay.join(room),
      onAwareness: (room, states, connection) => this.#presence.admit(room, states, connection),
      lingerMs: this.#limits.lingerMs,
      onLoaded: (room) => {
        this.#compactor.follow(room);
        this.#projector.follow(room);
        this.#commands.hold(room);
        this.#recovery.loaded(room);
      },
      onUnloaded: (room) => {
        this.#relay.leave(room);
        this.#projector.release(room);
        this.#commands.release(room);
        this.#recovery.remember(room);
      },
    });
    this.#repairer = new Repairer({
      ...deps,
      rooms: () => this.#rooms,
      watchEpoch: () => this.#recovery.watchEpoch(),
      onRepair,
      everyMs: this.#limits.repairEveryMs,
    });
    this.#commands = new CommandServer(
      {
        ...deps,
        journal: this.#journal,
        presence: this.#presence,
        failpoint: deps.failpoint ?? (() => {}),
        shadowIdleMs: this.#limits.shadowIdleMs,
        maxDocumentBytes: this.#limits.maxDocumentBytes,
      },
      () => this.#rooms,
    );
    this.#housekeeping = new Housekeeping({
      ...deps,
      pod: deps.id,
      catchUpProjection: () => this.catchUpProjection(),
      everyMs: this.#limits.housekeepingEveryMs,
      keepCommandsMs: this.#limits.keepCommandsMs,
    });
    this.#transport = new Transport({
      log,
      clock: deps.clock,
      random: deps.random,
      checkOrigin: deps.checkOrigin,
      draining: () => this.#draining,
      open: (client) => this.open(client),
      onRefused: (reason) => this.#closed.inc({ reason }),
      ...this.#limits,
    });
    const { changed } = deps.access;
    this.#rightsWatch = changed && new RightsWatch({ ...deps, changed, sessions: () => this.#transport.sessions });
  }

  get rooms(): number {
    return this.#rooms.size;
  }

  /** The documents in memory, for whoever watches a pod and changes nothing. */
  get loaded(): Iterable<Room> {
    return this.#rooms;
  }

  get connections(): number {
    return this.#transport.size;
  }

  /** Brings the projection up to the journal, as a crash may have left it behind. @returns how many documents it was */
  catchUpProjection(): Promise<number> {
    return this.#projector.catchUp(this.#rooms, () => this.#draining);
  }

  /** Takes an HTTP upgrade to `/sync/…`. @returns false when the path is another's */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    return this.#transport.upgrade(request, socket, head);
  }

  /** Answers a read that did not come over the bus. */
  read(request: Uint8Array): Promise<Uint8Array> {
    return this.#commands.read(request);
  }

  /** Answers what it has taken, ends its sockets with 1012 and leaves nothing unwritten. */
  async stop(): Promise<void> {
    this.#draining = true;
    this.#rightsWatch?.stop();
    await this.#commands.stop();
    this.#presence.stop(this.#rooms);
    await this.#transport.drain(ERRORS.draining.closeCode, 'draining', this.#limits.drainMs);
    await this.#repairer.lookAgain();
    await this.#recovery.stop();
    await this.#journal.flush();
    await this.#projector.flush();
    await this.#compactor.stop();
    await this.#housekeeping.stop();
    this.#repairer.stop();
    this.#rooms.close();
    this.#transport.close();
  }

  /** Serves a client on whatever wire it has; the door for those that come without an HTTP upgrade, as in simulation. */
  open(client: Client): Session {
    return new Session(
      {
        ...this.#deps,
        journal: this.#journal,
        limits: this.#limits,
        onKnown: (session) => this.#transport.known(session),
        onEnd: (reason) => this.#closed.inc({ reason }),
        enter: (session, workspace) => this.#rooms.core(workspace).enter(session),
      },
      client,
    );
  }
}
