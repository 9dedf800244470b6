/** What is written in a form, by the names of its fields. */
export type Draft = Readonly<Record<string, string>>;

export interface DraftsDeps {
  /** Names this loading of the app. */
  page: string;
  /** The one before it in the same tab, if there was one. */
  formerPage: string | null;
  /** @throws where the browser lets a page keep nothing */
  storage: () => Storage;
  /** Absent on plain-http addresses: then nobody knows which pages are still open. */
  locks: LockManager | undefined;
}

/** A draft that another page wrote. */
interface Left {
  key: string;
  page: string;
  draft: Draft;
  at: number;
}

/** How long a page that was just left may take to end. */
const ENDING_PATIENCE_MS = 3000;

const keyOf = (place: string, page: string) => `syncline:draft:${place}:${page}`;
const lockOf = (page: string) => `syncline:page:${page}`;

/**
 * What is written in forms and is not yet in a document. Each page (one loading of the app) keeps its drafts under keys
 * of its own, so that two with the same form open overwrite nothing of each other, and holds a lock for as long as it
 * lives: what a page that is gone has left goes to the next that shows the form. Must hold: when `keep` returns, the
 * draft is on the device or `isUnkept`; and it stays there until this page forgets it, or another takes it over.
 */
export class Drafts {
  readonly #deps: DraftsDeps;
  readonly #own = new Map<string, Draft>();
  /** Places whose drafts the device has no room for. */
  readonly #unkept = new Set<string>();
  #isHeld = false;

  constructor(deps: DraftsDeps) {
    this.#deps = deps;
  }

  /** Whether something is nowhere but in this page. */
  get isUnkept(): boolean {
    return this.#unkept.size > 0;
  }

  /** This page's own draft at a place. */
  at(place: string): Draft | null {
    return this.#own.get(place) ?? null;
  }

  keep(place: string, draft: Draft): void {
    this.#holdLock();
    this.#own.set(place, draft);
    try {
      this.#deps.storage().setItem(keyOf(place, this.#deps.page), JSON.stringify({ draft, at: Date.now() }));
      this.#unkept.delete(place);
    } catch {
      this.#unkept.add(place);
    }
  }

  forget(place: string): void {
    this.#own.delete(place);
    this.#unkept.delete(place);
    this.#remove(keyOf(place, this.#deps.page));
  }

  /**
   * Takes over what a page that is gone has left at a place: this tab's own first, then the youngest; only while this
   * page has nothing there itself.
   */
  async adopt(place: string, show: (draft: Draft) => void, signal: AbortSignal): Promise<void> {
    const { locks, formerPage } = this.#deps;
    const left = this.#leftAt(place).toSorted((a, b) => b.at - a.at);
    const [own, others] = [
      left.filter(({ page }) => page === formerPage),
      left.filter(({ page }) => page !== formerPage),
    ];
    for (const { key, page } of [...own, ...others]) {
      const take = () => signal.aborted || this.#own.has(place) || this.#take(key, place, show);
      if (!locks) take();
      else {
        const patience = AbortSignal.any([signal, AbortSignal.timeout(ENDING_PATIENCE_MS)]);
        // One that is not ended by then is open, and has the draft in sight.
        await locks.request(lockOf(page), { signal: patience }, take).catch(() => undefined);
      }
    }
  }

  /** Another page removed what is kept under a key: if that is this page's, it was taken for gone, and keeps it again. */
  onRemoved(key: string): void {
    for (const [place, draft] of this.#own) if (keyOf(place, this.#deps.page) === key) this.keep(place, draft);
  }

  #take(key: string, place: string, show: (draft: Draft) => void): void {
    const left = this.#leftAt(place).find((other) => other.key === key);
    if (!left) return;
    // In this order, for the device may not have room for both.
    this.#remove(key);
    this.keep(place, left.draft);
    show(left.draft);
  }

  #holdLock(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    void this.#deps.locks?.request(lockOf(this.#deps.page), () => new Promise(() => {}));
  }

  #leftAt(place: string): Left[] {
    const prefix = keyOf(place, '');
    try {
      const storage = this.#deps.storage();
      return (
        Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
          .filter((key) => key.startsWith(prefix) && key !== keyOf(place, this.#deps.page))
          // A place may begin as another is called; a page's name has no colon.
          .filter((key) => !key.slice(prefix.length).includes(':'))
          .flatMap((key) => {
            const left = parsed(storage.getItem(key));
            return left ? [{ ...left, key, page: key.slice(prefix.length) }] : [];
          })
      );
    } catch {
      // Forbidden storage holds nothing.
      return [];
    }
  }

  #remove(key: string): void {
    try {
      this.#deps.storage().removeItem(key);
    } catch {
      // Forbidden storage holds nothing.
    }
  }
}

/** @returns null for what is damaged */
function parsed(text: string | null): Pick<Left, 'draft' | 'at'> | null {
  try {
    return JSON.parse(text ?? 'null') as Pick<Left, 'draft' | 'at'> | null;
  } catch {
    // Not ours, or half of it.
    return null;
  }
}
