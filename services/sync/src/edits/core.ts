import {
  type Document,
  Hocuspocus,
  type HookName,
  type HookPayloadByName,
  type ConnectionConfiguration,
} from '@hocuspocus/server';
import type { Logger } from '@syncline/runtime';
import type { Session } from './session.ts';

/** What the core carries about a connection; commands open documents without one. */
export interface CoreContext {
  session?: Session;
}

/** What the core wants to see of whoever comes; it is asked for nothing. */
export const NO_REQUEST = { url: '', headers: new Headers() } as unknown as Request;

const OPEN = 1;

type Handlers = {
  [K in HookName]?: (payload: HookPayloadByName<CoreContext>[K]) => unknown;
};

/** Hooks whose outcome the core awaits: what they throw refuses what was asked. Throws of all others are logged. */
const AWAITED: ReadonlySet<HookName> = new Set(['onAuthenticate', 'onLoadDocument', 'beforeSync']);

export interface CoreDeps {
  log: Logger;
  handlers: Handlers;
  /** A last word before a document leaves memory. */
  mayUnload: (document: Document) => boolean;
  /** A document was asked for. */
  opened: (document: Document) => void;
  /** A document could not be loaded for this connection. */
  loadFailed: (context: CoreContext | undefined, error: unknown) => void;
}

/**
 * Hocuspocus with this pod's hooks: protocol, connections and awareness are its own; what is loaded, stored and unloaded
 * is decided here. Always: no hook's error ends the process, and a document that was just asked for is not unloaded.
 */
export class Core extends Hocuspocus<CoreContext> {
  readonly #deps: CoreDeps;
  /** Connections that have come and have not asked for their document yet. */
  readonly #entering = new Set<Session>();

  constructor(deps: CoreDeps) {
    // A client's own timer is enough before it is let in; afterwards the transport's pings find the dead.
    super({
      quiet: true,
      timeout: 60_000,
      debounce: 0,
      // A session bounds what waits for its document, by not reading its socket; a bound here could only close it.
      maxUnauthenticatedQueueSize: Infinity,
      maxUnauthenticatedQueueMessages: Infinity,
    });
    this.#deps = deps;
  }

  /** Whether nobody has or wants a document here, so that another core may take this one's place. */
  isIdle(): boolean {
    for (const session of this.#entering) if (session.readyState !== OPEN) this.#entering.delete(session);
    return this.#entering.size + this.documents.size + this.loadingDocuments.size === 0;
  }

  /** A session comes; the next frame that it hands over makes it ask for its document. */
  enter(session: Session): ReturnType<Hocuspocus['handleConnection']> {
    this.#entering.add(session);
    return this.handleConnection(session, NO_REQUEST, { session });
  }

  override async hooks<T extends HookName>(
    name: T,
    payload: HookPayloadByName<CoreContext>[T],
    callback: Function | null = null,
  ): Promise<unknown> {
    // The base class's constructor already calls this, before `#deps` is there.
    const handler = #deps in this ? this.#deps.handlers[name] : undefined;
    if (!handler) return undefined;
    try {
      const result = await handler(payload);
      callback?.(result);
      return result;
    } catch (error) {
      if (AWAITED.has(name)) throw error;
      this.#deps.log.error({ err: error, hook: name }, 'a hook failed');
      return undefined;
    }
  }

  override async createDocument(
    name: string,
    request: Request,
    socketId: string,
    connection: ConnectionConfiguration,
    context?: CoreContext,
  ): Promise<Document> {
    if (context?.session) this.#entering.delete(context.session);
    try {
      const document = await super.createDocument(name, request, socketId, connection, context);
      this.#deps.opened(document);
      return document;
    } catch (error) {
      this.#deps.loadFailed(context, error);
      throw error;
    }
  }

  override shouldUnloadDocument(document: Document): boolean {
    return super.shouldUnloadDocument(document) && this.#deps.mayUnload(document);
  }
}
