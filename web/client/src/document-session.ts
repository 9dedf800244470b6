import { HocuspocusProvider, type HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { isBlank, KIND_MODELS } from '@syncline/model';
import { ERRORS, type Kind, reaches } from '@syncline/protocol';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { accessTo, type DocumentAccess } from '../../src/access/document-access.ts';
import { keepAside, type Version } from '../../src/set-aside/store.ts';
import { type Closing, closingOf } from './closing.ts';
import { CheckedAwareness } from './presence/checked-awareness.ts';
import { composition } from './composing/composition.ts';
import { DeviceCopy } from './device/device-copy.ts';
import { openDocumentSocket } from './document-socket.ts';
import { HeldMessages } from './composing/held-messages.ts';
import { askToKeepStorage } from './device/keep-storage.ts';
import { FIRST_LINK, type Link } from './link.ts';
import { isOnlyHere, keptElsewhere, onlyHere } from './only-here.ts';
import { currentPerson, onPersonChange } from '../../src/person/person.ts';
import type { Presence } from './presence/presence.ts';

export interface DocumentAddress {
  kind: Kind;
  id: string;
}

/** What a session shows of itself; a new object at each change. */
export interface SessionState {
  link: Link;
  closing: Closing | null;
}

export interface SessionPlace {
  /** Called when the session has ended and another is to take its place. */
  onOver: () => void;
  /** It takes the place of one whose copy was set aside. */
  isFresh: boolean;
}

/** A fresh session that is refused before it has been on good terms for so long is not begun anew again. */
const FRESH_MS = 20_000;
/** Edits of this long go in one frame with one acknowledgement; too short to be felt. */
const FLUSH_DELAY_MS = 40;
/** A server that takes longer to answer holds up a document that is not on this device no more. */
const HEARING_PATIENCE_MS = 4_000;
/** About how long the server is left alone after it said that we ask too much of it. */
const TOO_MANY_PAUSE_MS = 10_000;

/**
 * One document, live in this tab: the Y.Doc, its copy on this device, its socket, and who else is there. It lives
 * outside React (see {@link ./sessions.ts}). The doc holds the kind's seed before anything else can touch it, so that
 * two people who both begin a document offline have begun the same one.
 */
export class DocumentSession {
  readonly address: DocumentAddress;
  readonly name: string;
  /** By what this browser is let in. */
  readonly access: DocumentAccess;
  readonly doc = new Y.Doc();
  /** Who else is there, as it may be drawn. */
  readonly awareness: CheckedAwareness;
  /** Resolves when there is something to show, and nothing editable may be shown before: this device's copy has been
   * read; if there is none, the server has been heard or is away; and if that was set aside, it has been heard. */
  readonly opened: Promise<unknown>;
  #state: SessionState;
  readonly #listeners = new Set<() => void>();
  /** What the server says of who is there, unchecked. */
  readonly #heard = new Awareness(this.doc);
  readonly #device: DeviceCopy;
  readonly #socket: HocuspocusProviderWebsocket;
  readonly #provider: HocuspocusProvider;
  readonly #held: HeldMessages;
  readonly #ending = new AbortController();
  readonly #place: SessionPlace;
  #acknowledgedSince = Infinity;
  /** We came again after we were not let in. */
  #cameAgain = false;

  constructor(address: DocumentAddress, place: SessionPlace) {
    this.#place = place;
    const { kind, id } = address;
    this.address = address;
    this.name = `${kind}:${id}`;
    this.access = accessTo(this.name);
    const readonly = !reaches(this.access.role, 'editor');
    this.#state = { link: { ...FIRST_LINK, browserOffline: !navigator.onLine, readonly }, closing: null };
    Y.applyUpdate(this.doc, KIND_MODELS[kind].seed);
    this.awareness = new CheckedAwareness(this.#heard, KIND_MODELS[kind].presence);
    this.#introduce();
    this.#device = new DeviceCopy({
      name: `u:${currentPerson().id}:d:${this.access.workspace}/${this.name}`,
      doc: this.doc,
      onChange: (device) => this.#setLink({ device }),
    });
    this.opened = this.#device.ready.then(() => this.#heardIfNeeded());
    this.doc.on('update', (_update, _origin, _doc, { local }) => local && this.#wasWritten());
    this.#socket = this.#openSocket();
    this.#provider = this.#openProvider();
    composition.watch(window);
    this.#held = new HeldMessages(this.#provider, composition);
    this.#provider.attach();
    this.#watchBrowser();
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Who sits here, as the others are told. */
  get user(): Presence {
    const { id, name, color } = currentPerson();
    return { id: this.access.idOf(id), name, color, kind: 'human' };
  }

  /** Nothing is known of it, and nothing was written. */
  get isBlank(): boolean {
    return isBlank(this.doc, this.address.kind);
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
  version(): Omit<Version, 'said'> {
    const title = KIND_MODELS[this.address.kind].title(this.doc);
    return { title, at: Date.now(), update: Y.encodeStateAsUpdate(this.doc) as Version['update'] };
  }

  /** Gives up what only this device has, and begins anew. */
  async discardDeviceCopy(): Promise<void> {
    await this.#device.setAside(() => Promise.resolve());
    this.#giveWay();
  }

  end(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#listeners.clear();
    this.#held.end();
    keptElsewhere(this.name);
    this.#provider.destroy();
    this.#socket.destroy();
    void this.#device.close();
    this.doc.destroy();
  }

  #wasWritten(): void {
    askToKeepStorage();
    if (!this.#state.link.isUnsent) this.#setLink({ isUnsent: true });
  }

  #openSocket(): HocuspocusProviderWebsocket {
    return openDocumentSocket(
      {
        url: `${window.location.origin.replace(/^http/, 'ws')}/sync/${this.name}`,
        onOpen: () => {
          this.#held.drop();
          this.#forgetQueuedFrames();
          this.#reappear();
        },
        onClose: ({ event }) => this.#onClose(event.code, event.reason),
      },
      Math.random,
    );
  }

  /**
   * What was typed while offline waits twice: queued as frames, and in the doc, whence the handshake sends it all. Were
   * both sent, acknowledgements of the former would be taken for that of the handshake, and "saved" be said too early.
   */
  #forgetQueuedFrames(): void {
    this.#provider.flushPendingUpdates();
    this.#socket['messageQueue'] = [];
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
      token: () => this.access.token(this.#provider.isAuthenticated),
      flushDelay: FLUSH_DELAY_MS,
      // Who is not let in hears why from the code that the socket is closed with.
      onAuthenticated: ({ scope }) => {
        this.#cameAgain = false;
        this.#setLink({ readonly: scope === 'readonly', failures: 0 });
      },
      onSynced: () => this.#setLink({ server: 'live', ...this.#acknowledgement() }),
      onUnsyncedChanges: () => this.#setLink(this.#acknowledgement()),
    });
  }

  #acknowledgement(): Partial<Link> {
    const provider = this.#provider;
    const acknowledged = provider.isAuthenticated && provider.isSynced && provider.unsyncedChanges === 0;
    if (!acknowledged) return { acknowledged };
    this.#acknowledgedSince = Math.min(this.#acknowledgedSince, performance.now());
    this.#device.acknowledged();
    return { acknowledged, isUnsent: false };
  }

  #onClose(code: number, reason: string): void {
    this.#held.drop();
    const { link } = this.#state;
    const server = link.server === 'live' ? 'lost' : link.server;
    const closing = closingOf(code, reason, this.access.by);
    const isComingAgain = closing?.shutOut === true && this.#mayComeAgain();
    this.#setLink({ server, acknowledged: false, failures: link.failures + (isComingAgain ? 0 : 1) });
    if (isComingAgain) return;
    if (closing?.shutOut) this.access.over();
    if (closing?.refused && this.#mayBeginAnew()) void this.#setAside(closing);
    else if (closing) this.#stop(closing);
    else if (code === ERRORS.too_many.closeCode) this.#pause();
  }

  /** What was given for a link may have ended and the link not: the socket comes again by itself, once. */
  #mayComeAgain(): boolean {
    return (this.#cameAgain = !this.#cameAgain && this.access.forget());
  }

  #mayBeginAnew(): boolean {
    return !this.#place.isFresh || performance.now() - this.#acknowledgedSince > FRESH_MS;
  }

  /**
   * What the server refuses is sent again with every handshake and stands before all that is typed later. So the copy
   * that holds it is kept apart, under the person's eyes, and the document is loaded as the others have it.
   */
  async #setAside({ code, said, ...closing }: Closing): Promise<void> {
    this.#socket.disconnect();
    this.#setLink({ server: 'setting_aside', acknowledged: false });
    try {
      await this.#device.setAside((update) =>
        keepAside({ ...this.version(), document: this.name, code, said, update }),
      );
    } catch {
      // No room, or a browser that keeps nothing: then it stays here, and the person is asked.
      return this.#stop({ code, said, ...closing });
    }
    this.#giveWay();
  }

  #giveWay(): void {
    if (this.#ending.signal.aborted) return;
    this.end();
    this.#place.onOver();
  }

  #heardIfNeeded(): Promise<unknown> | undefined {
    const isHeard = ({ link, closing }: SessionState) => link.server === 'live' || closing !== null;
    if (this.#place.isFresh) return this.#until(isHeard);
    if (!this.isBlank) return undefined;
    const patience = new Promise((resolve) => {
      setTimeout(resolve, HEARING_PATIENCE_MS);
    });
    return Promise.race([patience, this.#until((state) => isHeard(state) || state.link.failures > 0)]);
  }

  #until(holds: (state: SessionState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const unsubscribe = this.subscribe(() => {
        if (!holds(this.#state)) return;
        unsubscribe();
        resolve();
      });
      if (holds(this.#state)) resolve();
    });
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
  }

  #watchBrowser(): void {
    const { signal } = this.#ending;
    window.addEventListener('offline', () => this.#setLink({ browserOffline: true }), { signal });
    window.addEventListener(
      'online',
      () => {
        this.#setLink({ browserOffline: false });
        this.#reconnect();
      },
      { signal },
    );
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#reconnect(), {
      signal,
    });
    // The provider takes us out of the awareness when the page is hidden away; a page that comes back is here again.
    window.addEventListener('pageshow', (event) => event.persisted && this.#introduce(), { signal });
    signal.addEventListener(
      'abort',
      onPersonChange(() => this.#introduce()),
    );
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
    if (this.isOnlyHere && !wasOnlyHere) onlyHere({ document: this.name, title: () => this.version().title });
    else if (!this.isOnlyHere) keptElsewhere(this.name);
    for (const listener of this.#listeners) listener();
  }
}
