import { openAccess } from '@syncline/auth';
import {
  createCompaction,
  createHistoryStore,
  createLeases,
  createProjection,
  createReader,
  GroupCommit,
} from '@syncline/journal';
import { parseDocumentName } from '@syncline/protocol';
import { Metrics } from '@syncline/runtime';
import { mergeRows } from '../src/edits/merge.ts';
import { Pod } from '../src/pod.ts';
import { Owner } from './clock.ts';
import { connect } from './database/connection.ts';
import type { Transaction } from './database/server.ts';
import { createSimLog } from './log.ts';
import { SimFanout } from './network/fanout.ts';
import { SimRpc } from './network/rpc.ts';
import { Socket } from './network/socket.ts';
import type { World } from './world.ts';

/**
 * One machine of the three: a pod runs on it, dies, and is started again as another pod. Only its code is real; what it
 * holds and whom it talks to is the world's.
 */
export class Node {
  readonly name: string;
  readonly #world: World;
  #generation = 0;
  owner: Owner;
  pod: Pod | null = null;
  fanout: SimFanout | null = null;
  readonly sockets = new Set<Socket>();
  readonly #transactions = new Set<Transaction>();
  /** Dies when it has spoken so many times more; at every place where a pod says something to the outside. */
  fuse = Infinity;

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    this.owner = new Owner(name);
    this.owner.alive = false;
  }

  start(): void {
    if (this.owner.alive) return;
    this.owner = new Owner(`${this.name}.${(this.#generation += 1)}`);
    this.fuse = Infinity;
    this.#world.clock.afterFor(this.owner, 0, () => this.#run());
  }

  /** As `kill -9` does it. */
  crash(): void {
    if (!this.owner.alive) return;
    this.#world.log.add(`${this.owner.name} dies`);
    this.#end();
  }

  /** As SIGTERM does it. */
  drain(): void {
    const { pod, owner } = this;
    if (!pod || !owner.alive) return;
    const { clock, log } = this.#world;
    log.add(`${owner.name} drains`);
    this.pod = null;
    clock.afterFor(owner, 0, () => {
      void pod.stop().then(() => {
        for (const socket of this.sockets) socket.wire.close(1012, 'draining');
        clock.afterFor(owner, 20, () => this.#end());
      });
    });
  }

  /** @returns null when nobody answers there */
  accept(client: Owner, name: string): Socket | null {
    const { pod, owner } = this;
    if (!pod || !owner.alive) return null;
    const { clock, chance, watch } = this.#world;
    const socket = new Socket({
      clock,
      chance,
      client,
      pod: owner,
      name,
      watch: {
        received: (socket, bytes) => watch.received(socket, bytes),
        sent: (socket, bytes) => void this.#speaks(owner, () => watch.sent(socket, bytes)),
      },
    });
    this.sockets.add(socket);
    clock.afterFor(owner, 0, () => {
      const { isOpen, ...wire } = socket.wire;
      const session = pod.open({
        wire: {
          ...wire,
          get open() {
            return isOpen();
          },
        },
        name: parseDocumentName(name)!,
      });
      socket.attach('pod', {
        onFrame: (bytes) => session.receive(bytes),
        onClose: (code, reason) => {
          this.sockets.delete(socket);
          session.closed(code, reason);
        },
      });
    });
    return socket;
  }

  #run(): void {
    const { clock, chance, log, watch, fanoutHub, rpcHub, profile, judge } = this.#world;
    const { owner } = this;
    const own = { now: () => clock.now(), after: (ms: number, fn: () => void) => clock.afterFor(owner, ms, fn) };
    const db = connect(this.#world.server, {
      ...this.#world.databaseLink(),
      clock: own,
      alive: () => this.#speaks(owner, () => {}),
      began: (tx) => this.#transactions.add(tx),
    });
    const podLog = createSimLog({
      add: (line) => log.add(`${owner.name} ${line}`),
      onError: (message, error) => judge.logged(owner.name, message, error),
    });
    const metrics = new Metrics();
    const nonces = chance.fork(`nonces of ${owner.name}`);
    this.fanout = new SimFanout({
      hub: fanoutHub,
      owner,
      onError: (error) => judge.bug(`${owner.name}: a listener threw`, error),
      onPublish: (document, frame) => void this.#speaks(owner, () => watch.published(owner.name, document, frame)),
    });
    this.pod = new Pod({
      journal: (committed) => new GroupCommit({ db, clock: own, random: nonces.next, log: podLog, metrics, committed }),
      reader: createReader(db),
      history: createHistoryStore(db),
      projection: createProjection(db),
      compaction: createCompaction(db),
      leases: createLeases(db),
      merge: (task) =>
        new Promise((resolve) => {
          own.after(chance.between(0.1, 20), () => resolve(mergeRows(task)));
        }),
      rpc: new SimRpc({ hub: rpcHub, owner }),
      fanout: this.fanout,
      id: owner.name,
      clock: own,
      random: chance.next,
      log: podLog,
      metrics,
      access: openAccess,
      checkOrigin: () => null,
      failpoint: () => void this.#speaks(owner, () => {}),
      limits: {
        lingerMs: profile.lingerMs,
        shadowIdleMs: profile.shadowIdleMs,
        maxBytesInFlight: profile.maxBytesInFlight,
        compaction: { maxBytes: 1024 * 1024, ...profile.compaction },
      },
    });
    log.add(`${owner.name} runs`);
    void this.pod.catchUpProjection().catch((error: unknown) => log.add(`${owner.name} could not catch up: ${error}`));
  }

  /** The pod is about to say something to the outside. @returns whether it still lives */
  #speaks(owner: Owner, check: () => void): boolean {
    if (!owner.alive) return false;
    if (this.#world.clock.owner !== owner) return true;
    this.fuse -= 1;
    if (this.fuse < 0) this.crash();
    else this.#world.judge.guard(check);
    return owner.alive;
  }

  /** What the pod says to a gateway. */
  replies(request: Uint8Array, reply: Uint8Array): void {
    const { owner } = this;
    this.#speaks(owner, () => this.#world.watch.replied(owner.name, request, reply));
  }

  #end(): void {
    const { clock, chance, fanoutHub, rpcHub, server, me } = this.#world;
    const { owner } = this;
    owner.alive = false;
    this.pod = null;
    if (this.fanout) fanoutHub.ends.delete(this.fanout);
    clock.afterFor(me, chance.between(0, 150), () => rpcHub.forget(owner));
    for (const socket of this.sockets) socket.cut();
    this.sockets.clear();
    for (const tx of this.#transactions)
      clock.afterFor(me, chance.between(0, 30), () => tx.open && server.rollback(tx));
    this.#transactions.clear();
  }
}
