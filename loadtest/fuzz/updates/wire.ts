import { MessageType } from '@hocuspocus/server';
import * as encoding from 'lib0/encoding';
import { frame, frames, parse } from '../../../services/sync/sim/wire.ts';
import type { Pod } from '../../../services/sync/src/pod.ts';

/** What a pod made of an update: acknowledged it, or closed the connection with this code. */
export type Answer = { acknowledged: boolean } | { closed: number; reason: string };

/** A client's side of a session, without a socket in between. */
export interface Door {
  /** Sends one frame. @returns what came of it */
  send(bytes: Uint8Array): Promise<Answer>;
  leave(): void;
}

const NORMAL_CLOSURE = 1000;

/** Opens a document of the pod. */
export function enter(pod: Pod, name: string): Door {
  let open = true;
  let answer: (answer: Answer) => void = () => {};
  const session = pod.open({
    name: { kind: 'plan', id: name.slice('plan:'.length) },
    wire: {
      get open() {
        return open;
      },
      unsent: 0,
      send(bytes) {
        const said = parse(bytes);
        if (said.type === 'status') answer({ acknowledged: said.ok });
      },
      close(code, reason) {
        open = false;
        answer({ closed: code, reason });
        queueMicrotask(() => session.closed(code, reason));
      },
      pause() {},
      resume() {},
    },
  });
  session.receive(frames.auth(name, 'person:fuzz'));
  return {
    send(bytes) {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      answer = resolve;
      session.receive(bytes);
      return promise;
    },
    leave() {
      if (!open) return;
      open = false;
      session.closed(NORMAL_CLOSURE, '');
    },
  };
}

/** An update in each of the frames that can carry one. */
export const CARRIERS: readonly ((name: string, update: Uint8Array) => Uint8Array)[] = [
  (name, update) => carrier(name, MessageType.Sync, 2, update),
  (name, update) => carrier(name, MessageType.Sync, 1, update),
  (name, update) => carrier(name, MessageType.SyncReply, 1, update),
];

/** Frames that carry one in a way that is none of the protocol's. */
export const WRONG_CARRIERS: typeof CARRIERS = [
  (name, update) => carrier(name, MessageType.Sync, 3, update),
  (name, update) => carrier(name, MessageType.SyncReply, 7, update),
  (name, update) => Uint8Array.from([...carrier(name, MessageType.Sync, 2, update), 0]),
  (name, update) => Uint8Array.from([...carrier(name, MessageType.Sync, 1, update), ...update]),
];

function carrier(name: string, type: MessageType, step: number, update: Uint8Array): Uint8Array {
  return frame(name, type, (encoder) => {
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, update);
  });
}
