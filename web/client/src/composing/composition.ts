type Listener = () => void;

/** ProseMirror reads the outcome of a composition up to 20 ms after its end; timers that are due earlier run earlier. */
const SETTLING_MS = 50;

/**
 * Whether somebody composes on this page: in one of its fields an input method shows words that it has not settled on.
 * A browser loses sight of them when the text around them is changed, and then adds the outcome to what it should have
 * replaced. So whoever changes texts for others waits until a composition is over, {@link ./held-messages.ts}, and a
 * field is told before they no longer wait. It goes on until the field, too, has dealt with its end.
 */
export class Composition {
  #field: Node | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;
  readonly #over = new Set<Listener>();
  readonly #beforeChanges = new Set<Listener>();

  /** Begins to watch; the same window again changes nothing, and where there is none nobody composes. */
  watch(page: Window | undefined): void {
    if (!page) return;
    for (const type of ['compositionstart', 'compositionupdate'])
      page.addEventListener(type, this.#onComposing, { capture: true });
    // Who leaves the field or the window may not have ended it.
    for (const type of ['compositionend', 'blur']) page.addEventListener(type, this.#onEnd, { capture: true });
    for (const type of ['pagehide', 'visibilitychange'])
      page.addEventListener(type, this.#onLeaving, { capture: true });
  }

  /** A field that was taken out of the page while it composed hears of no end. */
  get isGoingOn(): boolean {
    return this.#field?.isConnected === true;
  }

  /** Calls back each time that a composition is over, until told to stop. */
  onOver(listener: Listener): Listener {
    return listening(this.#over, listener);
  }

  /**
   * Calls back before what others changed meanwhile comes into a document, be it that the composition is over or that it
   * takes too long, until told to stop. A field that shows what is not in its document yet writes it there now.
   */
  beforeChanges(listener: Listener): Listener {
    return listening(this.#beforeChanges, listener);
  }

  /** What others changed comes in now. */
  announceChanges(): void {
    for (const listener of this.#beforeChanges) listener();
  }

  readonly #onComposing = ({ target }: Event): void => {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#field = target as Node;
  };

  readonly #onEnd = (): void => {
    if (this.#field) this.#settling ??= setTimeout(() => this.#finish(), SETTLING_MS);
  };

  readonly #onLeaving = ({ type }: Event): void => {
    if (type === 'pagehide' || document.visibilityState === 'hidden') this.#finish();
  };

  #finish(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#field = null;
    for (const listener of this.#over) listener();
  }
}

function listening(listeners: Set<Listener>, listener: Listener): Listener {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The page's own. */
export const composition = new Composition();

/** Whether a key is the input method's. Safari ends a composition before the key that does so. */
export function isComposingKey({ isComposing, keyCode }: KeyboardEvent): boolean {
  return isComposing || keyCode === 229;
}
