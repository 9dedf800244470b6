import { type Document, isTransactionOrigin } from '@hocuspocus/server';
import type { FanoutFrame } from '@syncline/protocol';
import type { Logger } from '@syncline/runtime';
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import type { Room } from './room.ts';

type AwarenessFrame = Exclude<FanoutFrame, { type: 'edit:v1' }>;
interface Change {
  added: number[];
  updated: number[];
  removed: number[];
}

/** Marks awareness that came from another pod, so that it is not sent back. */
const ELSEWHERE = { source: 'redis' } as const;

/**
 * Who is in a document, across pods. A pod tells the others what its own clients say and, by name, who has left (S22):
 * an update alone cannot say that, and the left would stay as ghosts until they expire. Nothing of this is stored.
 */
export class Presence {
  readonly #deps: { pod: string; log: Logger };
  /** Which other pod spoke last for a client; its word alone takes the client away. */
  readonly #spokenFor = new WeakMap<Room, Map<number, string>>();

  constructor(deps: { pod: string; log: Logger }) {
    this.#deps = deps;
  }

  /** Publishes what changes among the room's own clients, and asks the other pods who is there. */
  follow(room: Room, publish: (frame: AwarenessFrame) => void): () => void {
    const { pod } = this.#deps;
    const { awareness } = room.document;
    const onUpdate = ({ added, updated, removed }: Change, origin: unknown) => {
      if (origin === ELSEWHERE) return;
      const present = [...added, ...updated];
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

  readonly #answers = new WeakMap<Room, () => void>();

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

  receive(room: Room, frame: AwarenessFrame): void {
    if (frame.type === 'awareness-query:v1') {
      this.#answers.get(room)?.();
      return;
    }
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
    const note = ({ added, updated }: Change) => {
      for (const client of [...added, ...updated]) spokenFor.set(client, frame.pod);
    };
    awareness.on('update', note);
    try {
      applyAwarenessUpdate(awareness, frame.update, ELSEWHERE);
    } finally {
      awareness.off('update', note);
    }
    // A client that has moved here, or to a third pod, is not gone because the pod it left says so.
    const own = new Set(clientsOf(room.document));
    const gone = frame.removed.filter((client) => !own.has(client) && spokenFor.get(client) === frame.pod);
    for (const client of gone) spokenFor.delete(client);
    removeAwarenessStates(awareness, gone, ELSEWHERE);
  }
}

/** The clients that this pod's connections have spoken for. */
function clientsOf(document: Document): number[] {
  return document.getConnections().flatMap((connection) => [...(document.getClients(connection) as Set<number>)]);
}
