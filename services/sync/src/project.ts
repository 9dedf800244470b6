import type { Projection } from '@syncline/journal';
import type { DocumentId } from '@syncline/protocol';
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

/** Keeps the projection of the documents of this pod: what lists show of each follows its commits (S18). */
export class Projector {
  readonly #deps: ProjectorDeps;
  readonly #waiting = new Map<Room, () => void>();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: ProjectorDeps) {
    this.#deps = deps;
  }

  /** Projects the room soon after each row it applies. */
  follow(room: Room): void {
    room.onApplied(() => {
      if (!this.#waiting.has(room))
        this.#waiting.set(
          room,
          this.#deps.clock.after(this.#deps.intervalMs, () => this.#project(room)),
        );
    });
  }

  /** Projects what is waiting, now. */
  async flush(): Promise<void> {
    for (const [room, cancel] of this.#waiting) {
      cancel();
      this.#project(room);
    }
    await Promise.all(this.#running);
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
            await this.#write(room);
          });
          count += 1;
        } catch (error) {
          // One that cannot be opened must not keep all those behind it from their lists.
          this.#deps.log.error({ err: error, document: id }, 'a document could not be projected');
        }
      }
    }
  }

  #project(room: Room): void {
    this.#waiting.delete(room);
    const run = room
      .hold(() => this.#write(room))
      .catch((error: unknown) => {
        this.#deps.log.warn({ err: error, document: room.id }, 'a document could not be projected yet');
        this.#waiting.set(
          room,
          this.#deps.clock.after(10 * this.#deps.intervalMs, () => this.#project(room)),
        );
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #write(room: Room): Promise<void> {
    const data = { ...KIND_MODELS[room.ref.kind].summary(room.document) };
    await this.#deps.projection.project({ document: room.id, seq: room.applied, data });
  }
}
