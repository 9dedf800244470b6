import type { Fanout } from '@syncline/bus';
import type { CommittedRow, LinkedRow } from '@syncline/journal';
import { type DocumentId, decodeFrame, encodeFrame, type FanoutFrame } from '@syncline/protocol';
import type { Metrics } from '@syncline/runtime';
import type { Presence } from './presence.ts';
import type { Room } from './room.ts';

type EditFrame = FanoutFrame & { type: 'edit:v2' };

export interface RelayDeps {
  fanout: Fanout;
  /** This pod, as other pods know it. */
  pod: string;
  metrics: Metrics;
  presence: Presence;
}

/**
 * Brings rows and presence to the other pods that hold a document, and theirs here. It may lose anything at any time:
 * what it loses of rows the room sees as a gap or the repairer finds; it is there for speed alone (S20).
 */
export class Relay {
  readonly #deps: RelayDeps;
  readonly #joined = new Map<DocumentId, { room: Room; stop: () => void }>();
  /** Rows of the batch that is being handed on, by document: each document's go out in one frame. */
  readonly #batch = new Map<DocumentId, EditFrame>();
  readonly #malformed;

  constructor(deps: RelayDeps) {
    this.#deps = deps;
    this.#malformed = deps.metrics.counter('fanout_malformed_total', 'Frames from other pods that could not be read');
  }

  /** Listens for the room's document. @returns what resolves when everything published from then on arrives */
  join(room: Room): Promise<void> {
    const { ready, stop } = this.#deps.fanout.listen(room.id, (bytes) => this.#receive(room, bytes));
    const stopPresence = this.#deps.presence.follow(room, (frame) => this.#publish(room.id, frame));
    this.#joined.set(room.id, {
      room,
      stop: () => {
        stop();
        stopPresence();
      },
    });
    return ready;
  }

  /** Who came and went while the fan-out was away is asked; rows are the repairer's. */
  restored(): void {
    for (const document of this.#joined.keys())
      this.#publish(document, { type: 'awareness-query:v1', pod: this.#deps.pod });
    for (const { room } of this.#joined.values()) this.#deps.presence.announce(room);
  }

  podGone(pod: string): void {
    for (const { room } of this.#joined.values()) this.#deps.presence.podGone(room, pod);
  }

  leave(room: Room): void {
    const joined = this.#joined.get(room.id);
    if (joined?.room !== room) return;
    this.#joined.delete(room.id);
    joined.stop();
  }

  /** A row that this pod has committed. */
  committed({ document, seq, nonce, previous, actor, update }: CommittedRow): void {
    const frame = this.#batch.get(document);
    if (frame?.nonce === nonce) {
      frame.rows.push({ actor, update });
      return;
    }
    if (frame) this.#publish(document, frame);
    this.#batch.set(document, {
      type: 'edit:v2',
      pod: this.#deps.pod,
      seq,
      nonce,
      previous,
      rows: [{ actor, update }],
    });
    // After the batch's last row: the journal hands all of them on in one go.
    if (!frame) queueMicrotask(() => this.#publishBatch(document));
  }

  #publishBatch(document: DocumentId): void {
    const frame = this.#batch.get(document)!;
    this.#batch.delete(document);
    this.#publish(document, frame);
  }

  #publish(document: DocumentId, frame: FanoutFrame): void {
    this.#deps.fanout.publish(document, encodeFrame(frame));
  }

  #receive(room: Room, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (!frame) this.#malformed.inc();
    else if (frame.type === 'edit:v2') for (const row of rowsOf(frame)) room.receive(row);
    else this.#deps.presence.receive(room, frame);
  }
}

function rowsOf({ seq, nonce, previous, rows }: EditFrame): LinkedRow[] {
  return rows.map((row, n) => ({ ...row, seq: seq + n, nonce, previous: n === 0 ? previous : nonce }));
}
