import type * as Y from 'yjs';
import type { Closing } from './closing.ts';
import type { DocumentSession } from './document-session.ts';
import type { PresenceCheck, User } from './presence/presence.ts';

/** What a session is opened with. */
export interface ConnectOptions {
  /** Where the cluster's sockets are, as `wss://example.com/sync`; the document's name is added to it. */
  url: string;
  /** `<kind>:<id>` */
  document: string;
  /** What lets one in: an API key, a token, or a function that is asked for one each time that one is needed. */
  token?: string | ((context: TokenContext) => string | Promise<string>);
  /** Who sits here, as the others are told; who they are let in as, the cluster says. */
  user?: User;
  /** Names the document's copy on this device; left out, it is made of the user's id, the address and the document. */
  storage?: string;
  /**
   * A constant update that every document of this kind begins with. Editors that begin an empty document themselves
   * need one: two people who do so offline would begin two.
   */
  seed?: Uint8Array;
  /** Whether nothing has been written in it yet; left out, whether it is as the seed made it. */
  isBlank?: (doc: Y.Doc) => boolean;
  /** What the document is called, for the notices of an application. */
  title?: (doc: Y.Doc) => string;
  /** What of others' presence may reach the page; left out, all that the cluster passes on. */
  presence?: PresenceCheck;
  /** It is known before the cluster is asked that one may only read. */
  readonly?: boolean;
  /**
   * A token was not taken. Returns whether `token` gives another one now; asked once until one is taken. Left out, a
   * function is asked again.
   */
  onTokenRefused?: () => boolean;
  /** The cluster ended the session, and trying again is of no use: `session.state.closing` says why. */
  onClosed?: (closing: Closing) => void;
  /**
   * The cluster does not take what was written here. Keep this copy of it where the person finds it; once that is done,
   * the document is loaded as the others have it, in another session ({@link onReplaced}). Left out, or when this
   * rejects, the session ends as refused and the device keeps its copy.
   */
  onRefused?: (copy: RefusedCopy) => Promise<void>;
  /** This session is over, and another with a doc of its own takes its place. */
  onReplaced?: (session: DocumentSession) => void;
}

/** Why a token is asked for. */
export interface TokenContext {
  /** The last one is about to end, or was refused. */
  renew: boolean;
}

/** A document as it stands on one device. */
export interface Version {
  title: string;
  /** When it was as it is, in milliseconds since 1970. */
  at: number;
  /** The whole document, as a Yjs update. */
  update: Uint8Array<ArrayBuffer>;
}

/** A version that the cluster does not take. */
export interface RefusedCopy extends Version {
  /** Its name. */
  document: string;
  /** The code that the socket was closed with. */
  code: number;
  /** What the cluster said to it. */
  said: string;
}

/** The name of a document's copy on this device. */
export function storageOf({ storage, user, url, document }: ConnectOptions): string {
  return storage ?? `u:${user?.id ?? ''}:d:${url}/${document}`;
}
