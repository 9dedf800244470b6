import { type Connection, type Document, isTransactionOrigin } from '@hocuspocus/server';
import type { FanoutFrame } from '@syncline/protocol';
import type { Clock, Logger } from '@syncline/runtime';
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import { statesIn } from './frame.ts';
import type { Room } from './room.ts';

type AwarenessFrame = Exclude<FanoutFrame, { type: 'edit:v2' }>;
interface Change {
  added: number[];
  updated: number[];
  removed: number[];
}

/** Marks awareness that came from another pod, so that it is not sent back. */
const ELSEWHERE = { source: 'redis' } as const;

/** Longer than anyone who saw the client leave remembers it. */
const FORGET_CLIENT_MS = 60_000;

/**
 * Who is in a document, across pods. A pod tells the others what its own clients say and, by name, who has left (S22):
 * an update alone cannot say that, and the left would stay as ghosts until they expire. Nothing of this is stored.
 */
export class Presence {
  readonly #deps: { pod: string; clock: Clock; log: Logger };
  /** The clock under which others know a client that has left, or is about to speak. */
  readonly #knownAt = new WeakMap<Room, Map<number, number>>();
  readonly #answers = new WeakMap<Room, () => void>();
  /** Which other pod spoke last for a client; its word alone, or its end, takes the client away. */
  readonly #spokenFor = new WeakMap<Room, Map<number, string>>();

  constructor(deps: { pod: string; clock: Clock; log: Logger }) {
    this.#deps = deps;
  }

  /** Publishes what changes among the room's own clients, and asks the other pods who is there. */
  follow(room: Room, publish: (frame: AwarenessFrame) => void): () => void {
    const { pod } = this.#deps;
    const { awareness } = room.document;
    const onUpdate = ({ added, updated, removed }: Change, origin: unknown) => {
      const present = [...added, ...updated];
      this.#keepClocks(room, present, removed);
      if (origin === ELSEWHERE) return;
      this.#claim(room, present, origin);
      publish({ type: 'awareness:v1', pod, update: encodeAwarenessUpdate(awareness, present), removed });
    };
    awareness.on('update', onUpdate);
    this.#answers.set(room, () => {
      const own = clientsOf(room.document);
      if (own.length)
        publish({ type: 'awareness:v1', pod, update: encodeAwarenessUpdate(awareness, own), removed: [] });
    });
    publish({ type: 'awareness-query:v1', pod });
    return () => awareness.off('update', onUpdate);
  }

  /**
   * Notes through which connection these clients speak now. The core notes it only of those whom the document has never
   * seen; one who came back, or over from another pod, would be nobody's, and stay when its connection ends.
   */
  #claim({ document }: Room, clients: number[], origin: unknown): void {
    if (!isTransactionOrigin(origin) || origin.source !== 'connection') return;
    const own = document.getClients(origin.connection);
    for (const client of clients) {
      if (own.has(client)) continue;
      for (const connection of document.getConnections()) document.getClients(connection).delete(client);
      own.add(client);
    }
  }

  /**
   * A client that comes back announces itself under the clock it left with, which everyone who saw it leave would ignore
   * for up to 15 s. So, before what it says is applied, its clock is forgotten here; it is passed on as one newer.
   *
   * So is the clock of one that speaks through a connection: it knows best, though other pods may have made its clock
   * newer. Going back to its own, it would leave a ghost: those who watch it ignore that it leaves under an older clock.
   */
  expect(room: Room, clients: Iterable<number>, connection?: Connection | undefined): void {
    const { meta, states } = room.document.awareness;
    const knownAt = this.#clocksOf(room);
    for (const client of clients) {
      const known = meta.get(client);
      if (knownAt.has(client) && !states.has(client)) meta.delete(client);
      else if (known && connection) {
        knownAt.set(client, Math.max(known.clock, knownAt.get(client) ?? 0));
        meta.set(client, { ...known, clock: 0 });
      }
    }
  }

  #keepClocks(room: Room, present: number[], removed: number[]): void {
    const { meta, states } = room.document.awareness;
    const knownAt = this.#clocksOf(room);
    for (const client of removed) {
      knownAt.set(client, meta.get(client)?.clock ?? 0);
      this.#deps.clock.after(FORGET_CLIENT_MS, () => {
        if (!states.has(client)) knownAt.delete(client);
      });
    }
    for (const client of present) {
      const now = meta.get(client);
      const clock = knownAt.get(client);
      if (now && clock !== undefined && now.clock <= clock) meta.set(client, { ...now, clock: clock + 1 });
      knownAt.delete(client);
    }
  }

  #clocksOf(room: Room): Map<number, number> {
    const knownAt = this.#knownAt.get(room) ?? new Map<number, number>();
    this.#knownAt.set(room, knownAt);
    return knownAt;
  }

  /** Tells the other pods who is here. */
  announce(room: Room): void {
    this.#answers.get(room)?.();
  }

  receive(room: Room, frame: AwarenessFrame): void {
    if (frame.type === 'awareness-query:v1') return this.announce(room);
    try {
      this.#apply(room, frame);
    } catch (error) {
      this.#deps.log.warn({ err: error, document: room.id }, 'presence from another pod cannot be read');
    }
  }

  #apply(room: Room, frame: AwarenessFrame & { type: 'awareness:v1' }): void {
    const { awareness } = room.document;
    const spokenFor = this.#spokenFor.get(room) ?? new Map<number, string>();
    this.#spokenFor.set(room, spokenFor);
    const clients = statesIn(frame.update).map(({ client }) => client);
    // Also of those whose clock is not newer: pods count differently for one who came back.
    for (const client of clients) spokenFor.set(client, frame.pod);
    this.expect(room, clients);
    applyAwarenessUpdate(awareness, frame.update, ELSEWHERE);
    this.#takeOut(room, frame.removed, frame.pod);
  }

  /** A pod has ended, and with it the connections of all for whom it spoke. */
  podGone(room: Room, pod: string): void {
    this.#takeOut(room, Array.from(this.#spokenFor.get(room)?.keys() ?? []), pod);
  }

  /** A client that has moved here, or to a third pod, is not gone because the pod it left says so, or has ended. */
  #takeOut(room: Room, clients: number[], pod: string): void {
    const spokenFor = this.#spokenFor.get(room);
    const own = new Set(clientsOf(room.document));
    const gone = clients.filter((client) => !own.has(client) && spokenFor?.get(client) === pod);
    for (const client of gone) spokenFor?.delete(client);
    removeAwarenessStates(room.document.awareness, gone, ELSEWHERE);
  }
}

/** The clients that this pod's connections have spoken for. */
function clientsOf(document: Document): number[] {
  return document.getConnections().flatMap((connection) => [...(document.getClients(connection) as Set<number>)]);
}
