import { applyAwarenessUpdate, Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { frames, parse, presenceFrame, sync } from '../../services/sync/sim/wire.ts';

const UPDATE = 2;

/** A client that says whatever it is told to, frame by frame, and hears what everybody hears. */
export class RawClient {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly #socket: WebSocket;
  readonly #name: string;
  #clock = 0;

  private constructor(socket: WebSocket, name: string, token: string) {
    this.#socket = socket;
    this.#name = name;
    this.awareness.setLocalState(null);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#hear(new Uint8Array(data as ArrayBuffer)));
    this.#send(frames.auth(name, token));
    this.#send(frames.step1(name, this.doc));
  }

  /** @param url the system's */
  static async connect(url: string, name: string, token: string): Promise<RawClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/sync/${name}`);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return new RawClient(socket, name, token);
  }

  /** The frame that says this of a client, as {@link say} sends it. */
  frame(client: number, state: unknown): Uint8Array {
    this.#clock += 1_000;
    return presenceFrame(this.#name, [{ client, clock: this.#clock, state: JSON.stringify(state) }]);
  }

  say(client: number, state: unknown): void {
    this.#send(this.frame(client, state));
  }

  /** Changes the document, and tells so. */
  edit(change: (doc: Y.Doc) => void): void {
    const before = Y.encodeStateVector(this.doc);
    this.doc.transact(() => change(this.doc));
    this.#send(sync(this.#name, UPDATE, Y.encodeStateAsUpdate(this.doc, before)));
  }

  /** The client of whoever shows this name, and what they say. */
  find(name: string): { client: number; state: { user: { id: string }; cursor?: { head: unknown } } } | null {
    for (const [client, state] of this.awareness.getStates())
      if ((state['user'] as { name?: string } | undefined)?.name === name) return { client, state: state as never };
    return null;
  }

  /** Some items of the document: of its text, of all else in it, deleted ones. */
  items(): { client: number; clock: number }[] {
    return [...this.doc.store.clients].flatMap(([client, structs]) =>
      [0, 0.25, 0.5, 0.75, 1].map((part) => {
        const { id, length } = structs[Math.round(part * (structs.length - 1))]!;
        return { client, clock: id.clock + length - 1 };
      }),
    );
  }

  close(): void {
    this.#socket.close();
    this.doc.destroy();
  }

  #send(frame: Uint8Array): void {
    this.#socket.send(frame as Uint8Array<ArrayBuffer>);
  }

  #hear(bytes: Uint8Array): void {
    const frame = parse(bytes);
    if (frame.type === 'update') Y.applyUpdate(this.doc, frame.update);
    else if (frame.type === 'awareness') applyAwarenessUpdate(this.awareness, frame.update, this);
  }
}
