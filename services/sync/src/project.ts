import type { ProjectedDocument, Projection } from '@syncline/journal';
import type { DocumentId, Seq } from '@syncline/protocol';
import { KIND_MODELS } from '@syncline/model';
import type { Clock, Logger } from '@syncline/runtime';
import type { Room } from './edits/room.ts';
import type { Rooms } from './edits/rooms.ts';

/** How many documents one look for those left behind brings in. */
const CATCH_UP_PAGE = 100;

export interface ProjectorDeps {
  projection: Projection;
  clock: Clock;
  log: Logger;
  /** A document is projected at most once in this time. */
  intervalMs: number;
}

/**
 * Keeps the projection of the documents whose rows this pod commits: what lists show of each follows its commits (S18).
 * All that is due goes out together. What a pod that died has left behind, another's housekeeping brings in.
 */
export class Projector {
  readonly #deps: ProjectorDeps;
  /** Documents to project, and the row up to which they must have come by then. */
  readonly #due = new Map<Room, Seq>();
  #planned = false;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: ProjectorDeps) {
    this.#deps = deps;
  }

  /** The pod has committed a row of the room's document. */
  committed(room: Room, seq: Seq): void {
    this.#due.set(room, Math.max(seq, this.#due.get(room) ?? 0));
    this.#plan(this.#deps.intervalMs);
  }

  /** Projects what is due, now. */
  async flush(): Promise<void> {
    await this.#running;
    await this.#project();
  }

  #plan(ms: number): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#deps.clock.after(ms, () => {
      this.#planned = false;
      // One at a time: under load they grow instead of queueing.
      this.#running = this.#running.then(() => this.#project());
    });
  }

  async #project(): Promise<void> {
    const due = [...this.#due];
    this.#due.clear();
    const projected = due.flatMap(([room]) => this.#projected(room));
    if (!projected.length) return;
    try {
      await this.#deps.projection.project(projected);
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'documents could not be projected yet');
      for (const [room, seq] of due) this.#due.set(room, Math.max(seq, this.#due.get(room) ?? 0));
      this.#plan(10 * this.#deps.intervalMs);
      return;
    }
    // A row of another pod's is still on its way here.
    for (const [room, seq] of due) if (room.applied < seq && !room.document.isDestroyed) this.committed(room, seq);
  }

  #projected(room: Room): ProjectedDocument[] {
    try {
      const data = { ...KIND_MODELS[room.ref.kind].summary(room.document) };
      return [{ document: room.id, seq: room.applied, data }];
    } catch (error) {
      this.#deps.log.error({ err: error, document: room.id }, 'a document cannot be summed up');
      return [];
    }
  }

  /** Projects every document whose journal is ahead of its projection, as a crash leaves them. */
  async catchUp(rooms: Rooms): Promise<number> {
    let count = 0;
    let last: DocumentId | null = null;
    for (;;) {
      const behind = await this.#deps.projection.behind(CATCH_UP_PAGE, last);
      if (!behind.length) return count;
      for (const { id, ref } of behind) {
        last = id;
        try {
          const room = await rooms.open(ref);
          await room.hold(async () => {
            await room.catchUp();
            await this.#deps.projection.project(this.#projected(room));
          });
          count += 1;
        } catch (error) {
          // One that cannot be opened must not keep all those behind it from their lists.
          this.#deps.log.error({ err: error, document: id }, 'a document could not be projected');
        }
      }
    }
  }
}
