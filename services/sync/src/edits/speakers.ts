import type { Connection, Document } from '@hocuspocus/server';
import { isSameUser, type KnownUser, type PresentUser } from '@syncline/protocol';
import type { CoreContext } from './core.ts';
import { isUnnamedId } from './identity.ts';

type Speaker = Connection<CoreContext>;

/**
 * Who speaks for which client of one document (S55): the connection or the pod that did so first, or who came after it
 * as the same person or agent, for as long as the client is there, and is remembered to have been. Others can neither
 * overwrite nor remove it, nor take it while its connection is made anew. For those at work (S57) this pod speaks itself.
 */
export class Speakers {
  readonly #document: Document;
  readonly #connections = new Map<number, Speaker>();
  /** Whom each connection has ever spoken for. */
  readonly #spokenFor = new WeakMap<Speaker, Set<number>>();
  /** Which other pod spoke last for a client; its word alone, or its end, takes the client away. */
  readonly #pods = new Map<number, string>();
  /** Those for whom this pod speaks itself. */
  readonly #atWork = new Set<number>();
  /** Whose the clients are that are there, or were until lately. */
  readonly #owners = new Map<number, PresentUser>();

  constructor(document: Document) {
    this.#document = document;
  }

  mayConnection(client: number, connection: Speaker): boolean {
    if (this.#atWork.has(client)) return false;
    const own = this.#connectionOf(client);
    return own === connection || this.#isOf(client, own, appearanceOf(connection));
  }

  mayPod(client: number, user: PresentUser, pod: string): boolean {
    if (this.#atWork.has(client)) return false;
    const own = this.#connectionOf(client);
    // A pod knows best whose a client is that it has; of one that has left it may have forgotten.
    if (!own && this.#stateOf(client) && this.#pods.get(client) === pod) return true;
    return this.#isOf(client, own, user);
  }

  /**
   * Notes through which connection these clients speak now. The core notes it only of those whom the document has never
   * seen; one who came back, or over from another pod, would be nobody's, and stay when its connection ends.
   */
  connectionSpoke(clients: number[], connection: Speaker): void {
    if (!this.#document.hasConnection(connection)) return;
    for (const client of clients) {
      const before = this.#connections.get(client);
      this.#clientsOf(connection).add(client);
      if (before === connection) continue;
      if (before) this.#clientsOf(before).delete(client);
      this.#connections.set(client, connection);
      (this.#spokenFor.get(connection) ?? this.#watch(connection)).add(client);
    }
  }

  #watch(connection: Speaker): Set<number> {
    const clients = new Set<number>();
    this.#spokenFor.set(connection, clients);
    connection.onClose(() => {
      for (const client of clients) if (this.#connections.get(client) === connection) this.#connections.delete(client);
    });
    return clients;
  }

  /** Notes which other pod has these clients now. */
  podSpoke(clients: Iterable<number>, pod: string): void {
    for (const client of clients) this.#pods.set(client, pod);
  }

  /** Notes for whom this pod speaks itself, until they have left. */
  atWork(client: number, isThere: boolean): void {
    if (isThere) this.#atWork.add(client);
    else this.#atWork.delete(client);
  }

  isAtWork(client: number): boolean {
    return this.#atWork.has(client);
  }

  /** Another pod had the client before anyone here named it: no connection here speaks for it any more. */
  yield(client: number): void {
    const connection = this.#connections.get(client);
    if (connection) this.#clientsOf(connection).delete(client);
    this.#connections.delete(client);
  }

  /** The clients that this pod or its connections speak for. */
  own(): number[] {
    const connected = this.#document.getConnections().flatMap((connection) => [...this.#clientsOf(connection)]);
    return [...connected, ...this.#atWork];
  }

  /**
   * Forgets which of these clients the pod spoke for; all of its, where none are named.
   * @returns those who are gone with it: a client that has moved here, or to a third pod, is not
   */
  podLeft(pod: string, clients: Iterable<number> = this.#pods.keys()): number[] {
    const gone = [...clients].filter((client) => this.#pods.get(client) === pod && !this.#connectionOf(client));
    for (const client of gone) this.#pods.delete(client);
    return gone;
  }

  /** Notes whose these clients are, by what their states say. */
  present(clients: number[]): void {
    for (const client of clients) {
      const user = this.#stateOf(client);
      if (user) this.#owners.set(client, user);
    }
  }

  /** Forgets whose a client was that has left. */
  forget(client: number): void {
    this.#owners.delete(client);
  }

  #isOf(client: number, connection: Speaker | null, user: KnownUser): boolean {
    const owner = connection ? appearanceOf(connection) : (this.#stateOf(client) ?? this.#leftBy(client));
    return !owner || isSameUser(owner, user);
  }

  #stateOf(client: number): PresentUser | undefined {
    return this.#document.awareness.getStates().get(client)?.['user'] as PresentUser | undefined;
  }

  /** Of whom nobody can tell whether they are back, nothing is kept. */
  #leftBy(client: number): PresentUser | undefined {
    const owner = this.#owners.get(client);
    return owner && !isUnnamedId(owner.id) ? owner : undefined;
  }

  /** null also when the connection has ended. */
  #connectionOf(client: number): Speaker | null {
    const connection = this.#connections.get(client);
    return connection && this.#clientsOf(connection).has(client) ? connection : null;
  }

  #clientsOf(connection: Speaker): Set<number> {
    return this.#document.getClients(connection) as Set<number>;
  }
}

function appearanceOf({ context }: Speaker): KnownUser {
  return context.session!.appearance;
}
