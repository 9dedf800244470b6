import type { Connection, Document } from '@hocuspocus/server';
import type { CommittedRow, JournalReader } from '@syncline/journal';
import { type DocumentId, documentName, type DocumentRef, parseDocumentName, type Seq } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import type { Clock, Logger } from '@syncline/runtime';
import { Core, type CoreContext, NO_REQUEST } from './core.ts';
import { refusalOf, seedOf } from './record.ts';
import { throwUnlessRefused } from './repair.ts';
import { type RepairReason, Room } from './room.ts';

export interface RoomsDeps {
  reader: JournalReader;
  clock: Clock;
  log: Logger;
  onPoison: () => void;
  onUnreadable: () => void;
  onRepair: (reason: RepairReason) => void;
  onDoubt: () => void;
  /** A row of this pod's own belongs to a document that was superseded meanwhile. */
  onOrphan: (row: CommittedRow) => void;
  onSuperseded: (room: Room, head: Seq) => void;
  /** Before a document is read: listens for what other pods commit. Resolves when nothing more is missed. */
  join: (room: Room) => Promise<void>;
  /** A client is about to say something of itself and others: leaves in `states` what of it may be heard. */
  onAwareness: (room: Room, states: Map<number, unknown>, connection: Connection<CoreContext>) => void;
  /** How long a document that nobody uses stays in memory. */
  lingerMs: number;
  onLoaded: (room: Room) => void;
  onUnloaded: (room: Room) => void;
}

/**
 * The documents that a pod holds, and one core for each workspace, so that equal names in two workspaces never meet.
 *
 * Always: at most one room per document, from before its rows are read until after it has left memory.
 */
export class Rooms {
  readonly #deps: RoomsDeps;
  readonly #byId = new Map<DocumentId, Room>();
  readonly #byDocument = new WeakMap<Document, Room>();
  readonly #cores = new Map<string, Core>();
  /** Rooms that the journal was just found to have all of, and that may leave memory therefore (S49). */
  readonly #mayLeave = new Set<Room>();
  #stopSweep: () => void;

  constructor(deps: RoomsDeps) {
    this.#deps = deps;
    this.#stopSweep = this.#sweepLater();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Workspaces with documents in memory, or with some that were there a moment ago. */
  get workspaces(): number {
    return this.#cores.size;
  }

  core(workspace: string): Core {
    const core = this.#cores.get(workspace) ?? this.#createCore(workspace);
    this.#cores.set(workspace, core);
    return core;
  }

  /** Loads a document, if it is not loaded, for a command or a query. */
  async open(ref: DocumentRef): Promise<Room> {
    const config = { isAuthenticated: true, readOnly: false };
    const document = await this.core(ref.workspace).createDocument(documentName(ref), NO_REQUEST, 'command', config);
    return this.#byDocument.get(document)!;
  }

  /** A row that this pod has committed. */
  committed(row: CommittedRow): void {
    const room = this.#byId.get(row.document);
    if (room) room.receive(row, true);
    else this.#deps.onOrphan(row);
  }

  /** Lets go of a room that is superseded, so that its document can be opened anew. */
  discard({ ref, document }: Room): void {
    this.core(ref.workspace).documents.delete(documentName(ref));
    document.destroy();
  }

  [Symbol.iterator](): Iterator<Room> {
    return this.#byId.values();
  }

  close(): void {
    this.#stopSweep();
  }

  #createCore(workspace: string): Core {
    return new Core({
      log: this.#deps.log,
      handlers: {
        onAuthenticate: ({ context, connectionConfig }) => {
          connectionConfig.readOnly = context.session!.readOnly;
        },
        onLoadDocument: ({ document, documentName: name }) =>
          this.#load(document, { workspace, ...parseDocumentName(name)! }),
        connected: ({ context, connection }) =>
          context.session!.connected(this.#byDocument.get(connection.document)!, connection),
        beforeHandleAwareness: ({ document, states, connection }) => {
          // The core still goes through what a connection sent before it ended; nobody would take its clients out again.
          if (!connection || !document.hasConnection(connection)) states.clear();
          else this.#deps.onAwareness(this.#byDocument.get(document)!, states, connection);
        },
        afterHandleMessage: ({ update, context }) => context.session?.handled(update.length),
        beforeSync: ({ type, payload, context }) => (type === 0 ? undefined : context.session!.beforeUpdate(payload)),
      },
      mayUnload: (document) => this.#mayUnload(document),
      opened: (document) => {
        const room = this.#byDocument.get(document);
        if (room) room.lastUsed = this.#deps.clock.now();
      },
      loadFailed: (context: CoreContext | undefined, error) => context?.session?.refuse(refusalOf(error)),
    });
  }

  async #load(document: Document, ref: DocumentRef): Promise<void> {
    const room = new Room(this.#deps, { id: documentId(ref), ref, document });
    this.#byId.set(room.id, room);
    this.#byDocument.set(document, room);
    document.once('destroy', () => {
      if (this.#byId.get(room.id) === room) this.#byId.delete(room.id);
      this.#deps.onUnloaded(room);
    });
    try {
      const joined = this.#deps.join(room);
      await room.load(seedOf(ref.kind));
      // What was committed between the read and the moment from which frames arrive (S8).
      await joined;
      await room.catchUp();
    } catch (error) {
      // The core would leave the document and its timers behind.
      document.destroy();
      throw error;
    }
    this.#deps.onLoaded(room);
  }

  #mayUnload(document: Document): boolean {
    const room = this.#byDocument.get(document);
    return !room || (this.#mayLeave.has(room) && this.#isIdle(room));
  }

  #isIdle({ busy, superseded, document, lastUsed }: Room): boolean {
    const { clock, lingerMs } = this.#deps;
    return !superseded && busy === 0 && !document.getConnectionsCount() && clock.now() - lastUsed >= lingerMs;
  }

  #sweepLater(): () => void {
    return this.#deps.clock.after(Math.max(100, this.#deps.lingerMs / 2), () => {
      this.#stopSweep = this.#sweepLater();
      void this.#sweep();
      for (const [workspace, core] of this.#cores) if (core.isIdle()) this.#cores.delete(workspace);
    });
  }

  /** Lets go of documents that nobody uses, unless the journal lacks what is here: then this pod is to bring it back. */
  async #sweep(): Promise<void> {
    const idle = [...this.#byId.values()].filter((room) => this.#isIdle(room));
    if (!idle.length) return;
    const { reader, log } = this.#deps;
    try {
      const behind = await reader.tails(idle.map((room) => ({ document: room.id, after: room.position })));
      for (const room of idle) {
        // Not at the journal's head: a reading of its own decides whether it has all that is here.
        if (behind.has(room.id)) await room.catchUp().catch(throwUnlessRefused);
        await this.#unload(room);
      }
    } catch (error) {
      log.warn({ err: error }, 'documents that nobody uses stay in memory while the journal cannot be read');
    }
  }

  async #unload(room: Room): Promise<void> {
    this.#mayLeave.add(room);
    await this.core(room.ref.workspace).unloadDocument(room.document);
    this.#mayLeave.delete(room);
  }
}
