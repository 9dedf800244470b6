import * as decoding from 'lib0/decoding';

const SYNC = 0;
const STEP_2 = 1;
const UPDATE = 2;
const SYNC_STATUS = 8;

/** Told of an update that goes out, or of a handshake that carries all there is. @returns what to do once it is saved */
export type OnSent = (update: Uint8Array | 'everything') => () => void;

/**
 * A WebSocket for the stock provider that says which frame an acknowledgement is for. The provider's own count is no
 * witness: what it queued while it connected is acknowledged before the handshake that carries everything else, and
 * brings the count to zero too early.
 */
export function acknowledgingSocket(onSent: OnSent): typeof WebSocket {
  return class extends WebSocket {
    /** Acknowledgements come in the order of the frames. */
    readonly #waiting: (() => void)[] = [];

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        const saved = acknowledgement(new Uint8Array(data as ArrayBuffer));
        if (saved !== null) this.#take(saved);
      });
    }

    override send(frame: Uint8Array<ArrayBuffer>): void {
      const carried = carriedBy(frame);
      if (carried) this.#waiting.push(onSent(carried));
      super.send(frame);
    }

    #take(saved: boolean): void {
      const confirm = this.#waiting.shift();
      if (saved) confirm?.();
    }
  };
}

/** Whether a frame says that an update is saved; null when it is about something else. */
function acknowledgement(frame: Uint8Array): boolean | null {
  if (frame.length === 1) return null; // a ping
  const decoder = decoding.createDecoder(frame);
  decoding.readVarString(decoder);
  return decoding.readVarUint(decoder) === SYNC_STATUS ? decoding.readVarUint(decoder) === 1 : null;
}

function carriedBy(frame: Uint8Array): Uint8Array | 'everything' | null {
  if (frame.length === 1) return null; // a pong
  const decoder = decoding.createDecoder(frame);
  decoding.readVarString(decoder);
  if (decoding.readVarUint(decoder) !== SYNC) return null;
  const kind = decoding.readVarUint(decoder);
  if (kind === STEP_2) return 'everything';
  return kind === UPDATE ? decoding.readVarUint8Array(decoder) : null;
}
