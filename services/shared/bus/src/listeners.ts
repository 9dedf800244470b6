import type { DocumentId } from '@syncline/protocol';

type OnFrame = (frame: Uint8Array) => void;

/** Who listens to which document in this process: one subscription of the bus for all listeners of a document. */
export class Listeners {
  readonly #byDocument = new Map<DocumentId, Set<{ onFrame: OnFrame }>>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(deps: { onListenerError: (error: unknown) => void }) {
    this.#onListenerError = deps.onListenerError;
  }

  /** @returns what removes it, and says whether it was the document's last */
  add(document: DocumentId, onFrame: OnFrame): () => boolean {
    const listener = { onFrame };
    const all = this.#byDocument.get(document) ?? new Set();
    this.#byDocument.set(document, all.add(listener));
    return () => {
      if (!all.delete(listener) || all.size) return false;
      this.#byDocument.delete(document);
      return true;
    };
  }

  /** A listener that throws does not keep the frame from the others. */
  deliver(document: DocumentId, frame: Uint8Array): void {
    // Those of this moment: one may stop, or another begin, while they are called.
    const listeners = Array.from(this.#byDocument.get(document) ?? []);
    for (const { onFrame } of listeners)
      try {
        onFrame(frame);
      } catch (error) {
        this.#onListenerError(error);
      }
  }

  clear(): void {
    this.#byDocument.clear();
  }
}

/** Callbacks that are called together; one that throws does not keep the others from being called. */
export class Callbacks<Args extends unknown[] = []> {
  readonly #all = new Set<{ callback: (...args: Args) => void }>();

  add(callback: (...args: Args) => void): () => void {
    const entry = { callback };
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  call(onError: (error: unknown) => void, ...args: Args): void {
    const callbacks = Array.from(this.#all);
    for (const { callback } of callbacks)
      try {
        callback(...args);
      } catch (error) {
        onError(error);
      }
  }
}
