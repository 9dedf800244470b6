import { enter } from './ambient.ts';
import type { DocumentRef } from '@syncline/protocol';
import { Client } from './client.ts';
import { Owner, VirtualClock } from './clock.ts';
import { CommandMaker, type Sent } from './commands.ts';
import type { Link } from './database/connection.ts';
import type { Copy } from './database/tables.ts';
import { DatabaseServer } from './database/server.ts';
import { Gateway } from './gateway.ts';
import { Judge } from './judge.ts';
import { EventLog } from './log.ts';
import { FanoutHub } from './network/fanout.ts';
import { RpcHub } from './network/rpc.ts';
import { Node } from './node.ts';
import { drawProfile, type Profile } from './profile.ts';
import { type Chance, createChance } from './random.ts';
import { Truth, Violation } from './truth.ts';
import { idOf, Watch } from './watch.ts';
import * as Y from 'yjs';

const PODS = 3;

/**
 * Everything that there is in one run: three machines with real pods, a database, what lies between them, and people and
 * agents who use them. All of it follows from the seed. What happens in it is up to `actions.ts`.
 */
export class World {
  readonly profile: Profile;
  readonly chance: Chance;
  readonly clock: VirtualClock;
  readonly log: EventLog;
  readonly judge: Judge;
  readonly truth: Truth;
  readonly watch: Watch;
  readonly server: DatabaseServer;
  readonly fanoutHub: FanoutHub;
  readonly rpcHub: RpcHub;
  readonly gateway: Gateway;
  readonly commandMaker: CommandMaker;
  readonly nodes: Node[];
  readonly clients: Client[];
  readonly refs: DocumentRef[];
  readonly commands: Sent[] = [];
  /** Who does what no process does: people, agents, fate. */
  readonly me = new Owner('world');
  /** Whether things may still go wrong. */
  faulty = true;
  stalledUntil = 0;
  unreachableUntil = 0;
  readonly #backups: Copy[] = [];
  /** How many words people have written. */
  words = 0;

  constructor(seed: number, options: { verbose: boolean }) {
    this.chance = createChance(seed);
    this.profile = drawProfile(this.chance.fork('profile'));
    const now = () => this.clock.now();
    this.log = new EventLog({ now, verbose: options.verbose });
    this.clock = new VirtualClock({ chance: this.chance.fork('clock'), onEvent: ({ name }) => this.log.count(name) });
    this.clock.owner = this.me;
    enter(this.clock);
    this.judge = new Judge(this.log);
    this.truth = new Truth(now);
    this.judge.mayGoBack = () => this.truth.wentBack;
    this.watch = new Watch(this.truth);
    this.server = new DatabaseServer(now);
    this.server.tables.onRow = (document, row) => {
      this.log.add(`row ${row.seq} of ${document.slice(0, 4)} by ${row.actor}`);
      this.judge.guard(() => this.truth.add(document, row));
    };
    const { clock, me } = this;
    this.fanoutHub = new FanoutHub({ clock, chance: this.chance.fork('fanout'), owner: new Owner('fanout') });
    this.rpcHub = new RpcHub({
      clock,
      chance: this.chance.fork('rpc'),
      onError: (error) => this.judge.bug('a request got no reply', error),
      onReply: (owner, request, reply) => this.nodes.find((node) => node.owner === owner)?.replies(request, reply),
    });
    this.fanoutHub.faults = this.profile.fanout;
    this.rpcHub.faults = this.profile.rpc;
    this.gateway = new Gateway({ clock, chance: this.chance.fork('gateway'), hub: this.rpcHub });
    this.commandMaker = new CommandMaker(this.chance.fork('commands'));
    this.nodes = Array.from({ length: PODS }, (_, index) => new Node(this, `pod${index + 1}`));
    this.refs = Array.from({ length: this.profile.documents }, (_, index) => ({
      workspace: 'default',
      kind: 'plan' as const,
      id: `doc${index + 1}`,
    }));
    this.clients = Array.from({ length: this.profile.clients }, (_, index) => this.#client(index));
    clock.owner = me;
  }

  /** Calms everything down: nothing is lost any more, whoever is down comes back. */
  heal(): void {
    this.log.add('all is well again');
    this.faulty = false;
    this.fanoutHub.faults = { dropped: 0, doubled: 0 };
    this.rpcHub.faults = { requests: 0, replies: 0 };
    this.stalledUntil = 0;
    this.unreachableUntil = 0;
    for (const node of this.nodes) {
      node.fuse = Infinity;
      node.start();
      node.fanout?.reconnect();
    }
    for (const client of this.clients) client.join();
  }

  backUp(): void {
    this.#backups.push(this.server.tables.copy());
  }

  /** The database is replaced by a copy of some time ago. @returns what it lacks */
  goBack(): string {
    const age = this.chance.int(Math.min(4, this.#backups.length));
    // Copies of what is lost with it are of no history any more.
    this.#backups.length -= Math.min(age, this.#backups.length);
    const copy = this.#backups.at(-1);
    if (!copy) return 'there is no copy yet';
    const before = this.server.tables.heads;
    const lacking = [...before].map(([id, { seq }]) => `${seq - (copy.heads.get(id)?.seq ?? 0)} of ${id.slice(0, 4)}`);
    this.server.replace(copy, this.profile.traces ? `server ${this.clock.now()}` : null);
    const held = this.nodes.flatMap(({ owner, pod }) =>
      [...(pod?.loaded ?? [])]
        // One that nobody uses may be on its way out just now, looked up a moment before: it is listed (S50).
        .filter((room) => room.document.getConnectionsCount() || room.busy || this.#isFresh(room))
        .map((room) => ({ owner, id: room.id, state: Y.encodeStateAsUpdate(room.document) })),
    );
    this.truth.goBack((id) => copy.heads.get(id)?.seq ?? 0, held);
    this.unreachableUntil = this.clock.now() + this.chance.pick([0, 200]);
    return lacking.join(', ');
  }

  #isFresh({ lastUsed }: { lastUsed: number }): boolean {
    return this.clock.now() - lastUsed < this.profile.lingerMs;
  }

  /** How each pod reaches the database. */
  databaseLink(): Omit<Link, 'clock' | 'alive' | 'began'> {
    const chance = this.chance.fork(`database ${this.clock.now()} ${this.clock.owner.name}`);
    const { lost, unanswered, later } = this.profile.database;
    const server = new Owner('database');
    return {
      latencyMs: () => (chance.hits(0.04) ? chance.between(2, 60) : chance.between(0.1, 1)),
      fate: () => {
        const drawn = this.faulty ? chance.next() : 1;
        if (drawn < lost) return 'lost';
        if (drawn < lost + unanswered) return 'done, not answered';
        return drawn < lost + unanswered + later ? 'done later' : 'answered';
      },
      stalledMs: () => Math.max(0, this.stalledUntil - this.clock.now()),
      reachable: () => this.clock.now() >= this.unreachableUntil,
      atServer: (ms, fn) => void this.clock.afterFor(server, ms, fn),
    };
  }

  #client(index: number): Client {
    const owner = new Owner(`client${index + 1}`);
    const chance = this.chance.fork(owner.name);
    this.clock.owner = owner;
    return new Client({
      clock: this.clock,
      chance,
      owner,
      name: `plan:${this.refs[index % this.refs.length]!.id}`,
      person: `p${index + 1}`,
      dial: (client) => {
        const node = chance.pick(this.nodes);
        const socket = node.accept(owner, client.name);
        this.log.add(`${client.label} ${socket ? 'is connected to' : 'finds nobody at'} ${node.owner.name}`);
        return socket;
      },
      onAcknowledged: (client, update) =>
        this.judge.guard(() => {
          if (!this.truth.has(idOf(client.name), update))
            throw new Violation(`S1: ${client.label} believes too much saved`);
        }),
      onClosed: (client, code, reason) => {
        this.log.add(`${client.label} is closed with ${code} ${reason}`);
        if ([4400, 4413, 4409, 4001].includes(code))
          this.judge.note(`S15: ${client.label} is closed with ${code} ${reason}`);
      },
    });
  }
}
