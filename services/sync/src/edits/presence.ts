import { type Connection, isTransactionOrigin } from '@hocuspocus/server';
import { KIND_MODELS } from '@syncline/model';
import { type Activity, actorOf, checkPresence, type FanoutFrame, type Principal } from '@syncline/protocol';
import type { Clock, Logger, Metrics, Random } from '@syncline/runtime';
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import { AtWork, type AtWorkLimits, type AtWorkUser } from './at-work.ts';
import type { CoreContext } from './core.ts';
import { encodeStates, isClock, type Said, statesIn } from './frame.ts';
import { appearanceOf, unnamedId } from './identity.ts';
import type { Room } from './room.ts';
import { Speakers } from './speakers.ts';

type AwarenessFrame = Exclude<FanoutFrame, { type: 'edit:v2' }>;
interface Change {
  added: number[];
  updated: number[];
  removed: number[];
}

/** What is kept of a room beside its awareness. */
interface Place {
  speakers: Speakers;
  atWork: AtWork;
  /** The clock under which others know a client that has left, or is about to speak. */
  knownAt: Map<number, number>;
  /** Ends what is kept of a client that has left. */
  forgetting: Map<number, () => void>;
  since: number;
  answer: () => void;
}

/** Marks awareness that came from another pod, so that it is not sent back. */
const ELSEWHERE = { source: 'redis' } as const;
/** Marks what this pod says itself. */
const HERE = { source: 'local' } as const;

/** Longer than anyone who saw the client leave remembers it, and than it takes to connect anew. */
const FORGET_CLIENT_MS = 60_000;
/** How long it may take until the other pods have told a room that was just loaded whom they have. */
const HEAR_OTHERS_MS = 2_000;

/**
 * Who is in a document, across pods. A pod tells the others what its own clients say and, by name, who has left (S22):
 * an update alone cannot say that, and the left would stay as ghosts until they expire. Nothing of this is stored.
 *
 * Always: what a room's awareness says of a client has been checked, and was said by who may speak for it (S55, S54).
 */
export class Presence {
  readonly #deps: PresenceDeps;
  readonly #places = new WeakMap<Room, Place>();
  readonly #refused;
  readonly #unshown;

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
    this.#refused = deps.metrics.counter(
      'presence_refused_total',
      'Times that one client spoke for another, and was not heard',
    );
    this.#unshown = deps.metrics.counter(
      'at_work_unshown_total',
      'Calls of those who could not be shown at work in their document, for too many were',
    );
  }

  /** Publishes what changes among the room's own clients, and asks the other pods who is there. */
  follow(room: Room, publish: (frame: AwarenessFrame) => void): () => void {
    const { pod, clock } = this.#deps;
    const { awareness } = room.document;
    const speakers = new Speakers(room.document);
    const say = (clients: number[], removed: number[] = []) =>
      publish({ type: 'awareness:v1', pod, update: encodeAwarenessUpdate(awareness, clients), removed });
    const answer = () => {
      const own = speakers.own();
      if (own.length) say(own);
    };
    const atWork = new AtWork({
      ...this.#deps,
      say: (client, at, user) => this.#sayAtWork(room, { client, clock: at, user }),
      onFull: () => this.#unshown.inc(),
    });
    this.#places.set(room, { speakers, atWork, knownAt: new Map(), forgetting: new Map(), since: clock.now(), answer });
    const onUpdate = ({ added, updated, removed }: Change, origin: unknown) => {
      const present = [...added, ...updated];
      this.#keepClocks(room, present, removed);
      if (origin === ELSEWHERE) return;
      if (isTransactionOrigin(origin) && origin.source === 'connection')
        speakers.connectionSpoke(present, origin.connection);
      say(present, removed);
    };
    awareness.on('update', onUpdate);
    publish({ type: 'awareness-query:v1', pod });
    return () => {
      // The awareness is destroyed with its document, and tells of nobody any more.
      awareness.off('update', onUpdate);
      const left = atWork.end();
      if (left.length) say([], left);
    };
  }

  /** Somebody has acted on the document through the gateway, and is seen to for a while (S57). */
  acted(room: Room, principal: Principal, activity: Activity): void {
    if (principal.type === 'system') return;
    const appearance = () => appearanceOf(principal, () => unnamedId(this.#deps.random));
    this.#places.get(room)?.atWork.called(actorOf(principal), appearance, activity);
  }

  /** Those at work here leave: this pod answers nobody any more. */
  stop(rooms: Iterable<Room>): void {
    for (const room of rooms) this.#places.get(room)?.atWork.end();
  }

  #sayAtWork(room: Room, { client, clock, user }: { client: number; clock: number; user: AtWorkUser | null }): void {
    const { speakers } = this.#places.get(room)!;
    const { awareness } = room.document;
    speakers.atWork(client, user !== null);
    if (!user) return removeAwarenessStates(awareness, [client], HERE);
    const state = checkPresence({ user }, { client, schema: KIND_MODELS[room.ref.kind].presence });
    applyAwarenessUpdate(awareness, encodeStates([{ client, clock, state: JSON.stringify(state) }]), HERE);
  }

  /** Leaves in `states`, which a connection is about to say, what of it may be heard, and as it may be. */
  admit(room: Room, states: Map<number, unknown>, connection: Connection<CoreContext>): void {
    const { speakers } = this.#places.get(room)!;
    const schema = KIND_MODELS[room.ref.kind].presence;
    const as = connection.context.session!.appearance;
    const said = [...states];
    // Before anything can throw: what is left in here is passed on.
    states.clear();
    for (const [client, state] of said) {
      if (speakers.mayConnection(client, connection)) states.set(client, checkPresence(state, { client, schema, as }));
      else this.#refused.inc();
    }
    this.#expect(room, states.keys(), true);
  }

  /**
   * A client that comes back announces itself under the clock it left with, which everyone who saw it leave would ignore
   * for up to 15 s. So, before what it says is applied, its clock is forgotten here; it is passed on as one newer.
   *
   * So is the clock of one that speaks through a connection: it knows best, though other pods may have made its clock
   * newer. Going back to its own, it would leave a ghost: those who watch it ignore that it leaves under an older clock.
   */
  #expect(room: Room, clients: Iterable<number>, here: boolean): void {
    const { meta, states } = room.document.awareness;
    const { knownAt } = this.#places.get(room)!;
    for (const client of clients) {
      const known = meta.get(client);
      if (knownAt.has(client) && !states.has(client)) meta.delete(client);
      else if (known && here) {
        knownAt.set(client, Math.max(known.clock, knownAt.get(client) ?? 0));
        meta.set(client, { ...known, clock: 0 });
      }
    }
  }

  #keepClocks(room: Room, present: number[], removed: number[]): void {
    const { meta, states } = room.document.awareness;
    const { knownAt, speakers, forgetting } = this.#places.get(room)!;
    for (const client of removed) {
      knownAt.set(client, meta.get(client)?.clock ?? 0);
      forgetting.get(client)?.();
      const forget = () => {
        forgetting.delete(client);
        if (states.has(client)) return;
        knownAt.delete(client);
        speakers.forget(client);
      };
      forgetting.set(client, this.#deps.clock.after(FORGET_CLIENT_MS, forget));
    }
    speakers.present(present);
    for (const client of present) {
      const now = meta.get(client);
      const clock = knownAt.get(client);
      if (now && clock !== undefined && now.clock <= clock) meta.set(client, { ...now, clock: clock + 1 });
      knownAt.delete(client);
    }
  }

  /** Tells the other pods who is here. */
  announce(room: Room): void {
    this.#places.get(room)?.answer();
  }

  receive(room: Room, frame: AwarenessFrame): void {
    if (frame.type === 'awareness-query:v1') return this.announce(room);
    try {
      this.#apply(room, frame);
    } catch (error) {
      this.#deps.log.warn({ err: error, document: room.id }, 'presence from another pod cannot be read');
    }
  }

  #apply(room: Room, { pod, update, removed }: AwarenessFrame & { type: 'awareness:v1' }): void {
    const { awareness } = room.document;
    const { speakers } = this.#places.get(room)!;
    const said = statesIn(update).flatMap((one) => this.#heard(room, one, pod) ?? []);
    const clients = said.map(({ client }) => client);
    // Also of those whose clock is not newer: pods count differently for one who came back.
    speakers.podSpoke(clients, pod);
    this.#expect(room, clients, false);
    applyAwarenessUpdate(awareness, encodeStates(said), ELSEWHERE);
    this.#takeOut(room, speakers.podLeft(pod, removed));
  }

  /** What of another pod's word is heard: it may be an older one, or be wrong about whose the client is. */
  #heard(room: Room, { client, clock, state }: Said, pod: string): Said | null {
    const said: unknown = JSON.parse(state);
    // Who has left is named in the frame itself.
    if (said === null || !isClock(clock)) return null;
    const checked = checkPresence(said, { client, schema: KIND_MODELS[room.ref.kind].presence });
    const place = this.#places.get(room)!;
    if (!place.speakers.mayPod(client, checked.user, pod)) {
      this.#refused.inc();
      const mayHaveBeenTheirs = this.#deps.clock.now() - place.since <= HEAR_OTHERS_MS;
      if (!mayHaveBeenTheirs || place.speakers.isAtWork(client)) return null;
      this.#yield(room, client);
    }
    return { client, clock, state: JSON.stringify(checked) };
  }

  /** Whoever named another's client here, before this room had heard whose it is, must not have it. */
  #yield(room: Room, client: number): void {
    const { meta } = room.document.awareness;
    const { speakers, knownAt } = this.#places.get(room)!;
    speakers.yield(client);
    knownAt.set(client, meta.get(client)?.clock ?? 0);
    meta.delete(client);
  }

  /** A pod has ended, and with it the connections of all for whom it spoke. */
  podGone(room: Room, pod: string): void {
    this.#takeOut(room, this.#places.get(room)?.speakers.podLeft(pod) ?? []);
  }

  #takeOut({ document }: Room, clients: number[]): void {
    removeAwarenessStates(document.awareness, clients, ELSEWHERE);
  }
}

interface PresenceDeps {
  pod: string;
  clock: Clock;
  random: Random;
  log: Logger;
  metrics: Metrics;
  limits: AtWorkLimits;
}
