import { HocuspocusProvider } from '@hocuspocus/provider';
import { ERRORS } from '@syncline/protocol';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { type Closing, closingOf, whyNot } from './closing.ts';
import { composition } from './composing/composition.ts';
import { HeldMessages } from './composing/held-messages.ts';
import { DeviceCopy } from './device/device-copy.ts';
import { askToKeepStorage } from './device/keep-storage.ts';
import { DocumentSocket } from './document-socket.ts';
import { FIRST_LINK, type Link } from './link.ts';
import { isOnlyHere, keptElsewhere, onlyHere } from './only-here.ts';
import { type ConnectOptions, storageOf, type Version } from './options.ts';
import { isBrowserOffline, onVisibility, onWindow } from './page.ts';
import { CheckedAwareness } from './presence/checked-awareness.ts';
import { colorOf } from './presence/colors.ts';
import type { Presence, User } from './presence/presence.ts';
import { Saves } from './saves.ts';
import { type Status, statusOf } from './status.ts';
import { until } from './until.ts';

/** What a session shows of itself; a new object at each change. */
export interface SessionState {
  link: Link;
  closing: Closing | null;
}

/** A fresh session that is refused before it has been on good terms for so long is not begun anew again. */
const FRESH_MS = 20_000;
/** Edits of this long go in one frame with one acknowledgement; too short to be felt. */
const FLUSH_DELAY_MS = 40;
/** A server that takes longer to answer holds up a document that is not on this device no more. */
const HEARING_PATIENCE_MS = 4_000;
/** About how long the server is left alone after it said that we ask too much of it. */
const TOO_MANY_PAUSE_MS = 10_000;

/** Opens a document. Leave it with `destroy()`. */
export function connect(options: ConnectOptions): DocumentSession {
  return new DocumentSession(options);
}

/**
 * One document, live in this tab: the Y.Doc, its copy on this device, its socket, and who else is there. The doc holds
 * its seed before anything else can touch it, so that two people who both begin a document offline have begun the same
 * one.
 */
export class DocumentSession {
  /** `<kind>:<id>` */
  readonly name: string;
  readonly doc = new Y.Doc();
  /** Who else is there, as it may be drawn. */
  readonly awareness: CheckedAwareness;
  /** Resolves when there is something to show, and nothing editable may be shown before: this device's copy has been
   * read; if there is none, the server has been heard or is away; and if that was set aside, it has been heard. */
  readonly opened: Promise<unknown>;
  #state: SessionState;
  readonly #options: ConnectOptions;
  readonly #listeners = new Set<() => void>();
  /** What the server says of who is there, unchecked. */
  readonly #heard = new Awareness(this.doc);
  readonly #device: DeviceCopy;
  readonly #socket: DocumentSocket;
  readonly #provider: HocuspocusProvider;
  readonly #held: HeldMessages;
  readonly #saves = new Saves();
  readonly #ending = new AbortController();
  /** The doc is not as its seed made it. */
  #hasChanged = false;
  /** It takes the place of one whose copy was set aside. */
  readonly #isFresh: boolean;
  #user: User;
  #acknowledgedSince = Infinity;
  /** The last token was refused, and another is to be tried. */
  #isTokenRefused = false;

  /** @param isFresh it takes the place of one whose copy was set aside */
  constructor(options: ConnectOptions, isFresh = false) {
    this.#options = options;
    this.#isFresh = isFresh;
    this.name = options.document;
    this.#user = options.user ?? { id: '', name: '' };
    const link = { ...FIRST_LINK, browserOffline: isBrowserOffline(), readonly: options.readonly === true };
    this.#state = { link, closing: null };
    if (options.seed) Y.applyUpdate(this.doc, options.seed);
    this.doc.on('update', (_update, _origin, _doc, { local }) => this.#onUpdate(local));
    this.awareness = new CheckedAwareness(this.#heard, options.presence ?? ((fields) => ({ ...fields })));
    this.#introduce();
    this.#device = new DeviceCopy({
      name: storageOf(options),
      doc: this.doc,
      onChange: (device) => this.#setLink({ device }),
    });
    this.opened = this.#device.ready.then(() => this.#heardIfNeeded());
    this.#socket = this.#openSocket();
    this.#provider = this.#openProvider();
    composition.watch(globalThis.window);
    this.#held = new HeldMessages(this.#provider, composition);
    this.#provider.attach();
    this.#watchBrowser();
  }

  get state(): SessionState {
    return this.#state;
  }

  get status(): Status {
    return statusOf(this.#state.link, this.#state.closing);
  }

  /** Who sits here, as the others are told. */
  get user(): Presence {
    const { id, name, color } = this.#user;
    return { id, name, color: color ?? colorOf(id), kind: 'human' };
  }

  /** Tells the others that somebody else sits here, or by another name. */
  setUser(user: User): void {
    const { id, name, color } = this.#user;
    this.#user = user;
    if (id !== user.id || name !== user.name || color !== user.color) this.#introduce();
  }

  /** What the application calls it. */
  get title(): string {
    return this.#options.title?.(this.doc) ?? '';
  }

  /** Nothing is known of it, and nothing was written. */
  get isBlank(): boolean {
    const { isBlank } = this.#options;
    return isBlank ? isBlank(this.doc) : !this.#hasChanged;
  }

  /**
   * Resolves when all that was written in this tab before the call is committed on the cluster, however long that takes.
   * Rejects with `NotSaved` when the session ends before, is refused, or may only read.
   */
  whenSaved(): Promise<void> {
    const saved = this.#saves.wait();
    const { link, closing } = this.#state;
    if (this.#ending.signal.aborted) this.#saves.giveUp(ENDED);
    else if (closing) this.#saves.giveUp(whyNot(closing));
    else if (link.acknowledged) this.#saves.settle();
    else this.#answerReader();
    return saved;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tries to connect now, also after the server said no. */
  retry(): void {
    this.#set({ closing: null, link: { ...this.#state.link, server: 'connecting' } });
    void this.#socket.connect();
  }

  /** Whether ending now would lose something that was written here. */
  get isOnlyHere(): boolean {
    return !this.#ending.signal.aborted && isOnlyHere(this.#state.link);
  }

  /** The document as it stands in this tab. */
  version(): Version {
    return { title: this.title, at: Date.now(), update: Y.encodeStateAsUpdate(this.doc) as Version['update'] };
  }

  /** Gives up what only this device has, and begins anew. */
  async discardDeviceCopy(): Promise<void> {
    await this.#device.setAside(() => Promise.resolve());
    this.#giveWay();
  }

  /** Leaves the document. What was not sent yet is kept on this device, where it keeps anything. */
  destroy(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#listeners.clear();
    this.#saves.giveUp(ENDED);
    this.#held.end();
    keptElsewhere(this);
    this.#provider.destroy();
    this.#socket.destroy();
    this.#device.close();
    this.doc.destroy();
  }

  #onUpdate(isLocal: boolean): void {
    this.#hasChanged = true;
    if (!isLocal) return;
    askToKeepStorage();
    if (!this.#state.link.isUnsent) this.#setLink({ isUnsent: true });
  }

  #openSocket(): DocumentSocket {
    return new DocumentSocket({
      url: `${this.#options.url}/${this.name}`,
      onOpen: () => {
        this.#held.drop();
        this.#provider.flushPendingUpdates();
        this.#socket.take();
        this.#reappear();
      },
      onClose: ({ event }) => this.#onClose(event.code, event.reason),
    });
  }

  /**
   * While we were away, servers and peers took us out, and the provider took them out here. Neither side takes back
   * what it removed without a newer clock, which would come only when states are renewed, up to 15 seconds later: so we
   * come with a newer one, and forget theirs.
   */
  #reappear(): void {
    const { clientID, meta, states } = this.#heard;
    for (const id of meta.keys()) if (id !== clientID && !states.has(id)) meta.delete(id);
    this.#introduce();
  }

  #openProvider(): HocuspocusProvider {
    return new HocuspocusProvider({
      websocketProvider: this.#socket,
      name: this.name,
      document: this.doc,
      awareness: this.#heard,
      token: () => this.#token(),
      flushDelay: FLUSH_DELAY_MS,
      // Who is not let in hears why from the code that the socket is closed with.
      onAuthenticated: ({ scope }) => {
        this.#isTokenRefused = false;
        this.#saves.onLetIn(this.#provider.unsyncedChanges);
        this.#setLink({ readonly: scope === 'readonly', failures: 0 });
        this.#answerReader();
      },
      onSynced: () => this.#setLink({ server: 'live', ...this.#acknowledgement() }),
      onUnsyncedChanges: ({ number }) => {
        this.#setLink(this.#acknowledgement());
        if (this.#provider.isAuthenticated) this.#saves.onCount(number);
      },
    });
  }

  async #token(): Promise<string> {
    const { token } = this.#options;
    if (typeof token !== 'function') return token ?? '';
    try {
      return await token({ renew: this.#provider.isAuthenticated || this.#isTokenRefused });
    } catch (error) {
      // Without one the server would wait for it: better to come again.
      this.#socket.drop();
      throw error;
    }
  }

  /** Of a reader's writing nothing is ever acknowledged. */
  #answerReader(): void {
    const { readonly, isUnsent } = this.#state.link;
    if (!readonly || !this.#provider.isAuthenticated) return;
    if (isUnsent) this.#saves.giveUp('what was written may only be read here');
    else this.#saves.settle();
  }

  #acknowledgement(): Partial<Link> {
    const provider = this.#provider;
    const acknowledged = provider.isAuthenticated && provider.isSynced && provider.unsyncedChanges === 0;
    if (!acknowledged) return { acknowledged };
    this.#acknowledgedSince = Math.min(this.#acknowledgedSince, performance.now());
    this.#device.acknowledged();
    return { acknowledged, isUnsent: false };
  }

  #onClose(code: number, said: string): void {
    this.#socket.drop();
    this.#held.drop();
    this.#saves.onClose();
    const { link } = this.#state;
    const server = link.server === 'live' ? 'lost' : link.server;
    const closing = closingOf(code, said);
    const isComingAgain = closing?.shutOut === true && this.#mayComeAgain();
    this.#setLink({ server, acknowledged: false, failures: link.failures + (isComingAgain ? 0 : 1) });
    if (isComingAgain) return;
    if (closing?.refused && this.#options.onRefused && this.#mayBeginAnew()) void this.#setAside(closing);
    else if (closing) this.#stop(closing);
    else if (code === ERRORS.too_many.closeCode) this.#pause();
  }

  /** A token may have ended and the right to another not: the socket comes again by itself, once. */
  #mayComeAgain(): boolean {
    const { token, onTokenRefused } = this.#options;
    const hasAnother = () => onTokenRefused?.() ?? typeof token === 'function';
    return (this.#isTokenRefused = !this.#isTokenRefused && hasAnother());
  }

  #mayBeginAnew(): boolean {
    return !this.#isFresh || performance.now() - this.#acknowledgedSince > FRESH_MS;
  }

  /**
   * What the server refuses is sent again with every handshake and stands before all that is typed later. So the copy
   * that holds it is kept apart, under the person's eyes, and the document is loaded as the others have it.
   */
  async #setAside(closing: Closing): Promise<void> {
    const { code, said } = closing;
    this.#socket.disconnect();
    this.#setLink({ server: 'setting_aside', acknowledged: false });
    try {
      await this.#device.setAside(async (update) =>
        this.#options.onRefused?.({ ...this.version(), document: this.name, code, said, update }),
      );
    } catch {
      // No room, or a browser that keeps nothing: then it stays here, and the person is asked.
      return this.#stop(closing);
    }
    this.#saves.giveUp(whyNot(closing));
    this.#giveWay();
  }

  #giveWay(): void {
    if (this.#ending.signal.aborted) return;
    this.destroy();
    const { onReplaced } = this.#options;
    if (onReplaced) onReplaced(new DocumentSession(this.#options, true));
  }

  #heardIfNeeded(): Promise<unknown> | undefined {
    const isHeard = ({ link, closing }: SessionState) => link.server === 'live' || closing !== null;
    if (this.#isFresh) return until(this, isHeard);
    if (!this.isBlank) return undefined;
    const patience = new Promise((resolve) => {
      setTimeout(resolve, HEARING_PATIENCE_MS);
    });
    return Promise.race([patience, until(this, (state) => isHeard(state) || state.link.failures > 0)]);
  }

  #pause(): void {
    this.#socket.disconnect();
    const timer = setTimeout(() => this.#reconnect(), TOO_MANY_PAUSE_MS * (0.5 + Math.random()));
    this.#ending.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  #reconnect(): void {
    const { link, closing } = this.#state;
    if (link.server !== 'live' && link.server !== 'setting_aside' && !closing) void this.#socket.connect();
  }

  #stop(closing: Closing): void {
    this.#socket.disconnect();
    this.#set({ closing, link: { ...this.#state.link, server: 'stopped', acknowledged: false } });
    this.#saves.giveUp(whyNot(closing));
    this.#options.onClosed?.(closing);
  }

  #watchBrowser(): void {
    const { signal } = this.#ending;
    onWindow('offline', () => this.#setLink({ browserOffline: true }), signal);
    onWindow(
      'online',
      () => {
        this.#setLink({ browserOffline: false });
        this.#reconnect();
      },
      signal,
    );
    onVisibility((state) => state === 'visible' && this.#reconnect(), signal);
    // The provider takes us out of the awareness when the page is hidden away; a page that comes back is here again.
    onWindow('pageshow', (event) => event.persisted && this.#introduce(), signal);
  }

  #introduce(): void {
    const state = this.awareness.getLocalState() ?? {};
    this.awareness.setLocalState({ ...state, user: this.user });
  }

  #setLink(link: Partial<Link>): void {
    this.#set({ ...this.#state, link: { ...this.#state.link, ...link } });
  }

  #set(state: SessionState): void {
    const wasOnlyHere = this.isOnlyHere;
    this.#state = state;
    if (this.isOnlyHere && !wasOnlyHere) onlyHere(this);
    else if (!this.isOnlyHere) keptElsewhere(this);
    for (const listener of this.#listeners) listener();
  }
}

const ENDED = 'the session has ended';
