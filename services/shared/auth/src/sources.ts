import { type Principal, Refusal } from '@syncline/protocol';
import { type Grant, type Reach, reachOf } from './grant.ts';
import type { ApiKey, RightsStore, ShareLink } from './records.ts';

/** How many grants are remembered; beyond that all are read anew. */
const MAX_REMEMBERED = 10_000;

/**
 * What keys, links and people may do now. What was read is remembered, and counts only for the revision it was read
 * under (A5): whoever needs to be sure calls `confirm` first, whoever watches calls it all the time.
 */
export class Sources {
  readonly #store: RightsStore;
  readonly #now: () => number;
  #revision = -1;
  readonly #remembered = new Map<string, Grant>();
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  /** @param deps `now` is milliseconds since 1970 */
  constructor(deps: { store: RightsStore; now: () => number }) {
    this.#store = deps.store;
    this.#now = deps.now;
  }

  /** The revision that was last read. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * From here on nothing that was taken away before the call is remembered. Calls that come while the revision is being
   * read share the next reading: one under way may have begun too early for them.
   * @throws what reading throws
   */
  confirm(): Promise<void> {
    this.#next ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return (this.#reading = this.#read());
      });
    return this.#next;
  }

  /** The grant of an API key by its hash. @throws Refusal `unauthorized`, or what reading throws */
  byHash(hash: string): Promise<Grant> {
    return this.#remember(`hash:${hash}`, async () => this.#ofKey(await this.#store.keyByHash(hash)));
  }

  /**
   * What that from which a grant was issued permits now.
   * @throws Refusal `unauthorized` when it is there no more, or what reading throws
   */
  current(source: string, workspace: string): Promise<Grant> {
    return this.#remember(`${workspace} ${source}`, async () => {
      const [kind, id] = [source.slice(0, source.indexOf(':')), source.slice(source.indexOf(':') + 1)];
      if (kind === 'key') return this.#ofKey(await this.#store.key(id));
      if (kind === 'link') return this.#ofLink(await this.#store.link(id));
      return this.#ofSubject(workspace, id);
    });
  }

  async #read(): Promise<void> {
    const revision = await this.#store.revision();
    if (revision !== this.#revision) this.#remembered.clear();
    this.#revision = revision;
  }

  async #remember(name: string, read: () => Promise<Grant>): Promise<Grant> {
    const known = this.#remembered.get(name);
    const grant = known ?? (await this.#keep(name, read));
    if (grant.expiresAt !== null && grant.expiresAt <= this.#now()) throw gone('has expired');
    return grant;
  }

  async #keep(name: string, read: () => Promise<Grant>): Promise<Grant> {
    const revision = this.#revision;
    const grant = await read();
    // What was read under an older revision may be what the newer one took away.
    if (revision === this.#revision) {
      if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(name, grant);
    }
    return grant;
  }

  #ofKey(key: ApiKey | null): Grant {
    if (key === null) throw new Refusal('unauthorized', 'The API key is not known here.');
    const principal = { type: 'agent', id: key.id, name: key.name } as const;
    return issued(key, `key:${key.id}`, { principal, ...reachOf(key.role, key.documents) });
  }

  #ofLink(link: ShareLink | null): Grant {
    if (link === null) throw new Refusal('unauthorized', 'The share link is not known here.');
    const principal = { type: 'person', id: guestId(link.id), name: 'Guest' } as const;
    return issued(link, `link:${link.id}`, { principal, ...reachOf(link.role, [link.document]) });
  }

  async #ofSubject(workspace: string, subject: string): Promise<Grant> {
    const rights = await this.#store.rightsOf(workspace, subject);
    if (!rights.length) throw new Refusal('forbidden', `${subject} has no rights in the workspace ${workspace}.`);
    const principal = { type: 'person', id: subject, name: 'Anonymous' } as const;
    const role = rights.find(({ document }) => document === null)?.role ?? null;
    const documents = Object.fromEntries(rights.flatMap(({ document, role }) => (document ? [[document, role]] : [])));
    return { workspace, principal, role, documents, source: `subject:${subject}`, expiresAt: null };
  }
}

/** Whoever comes with a link, told apart by `guest` if they say something; no person of the host has such an id. */
export function guestId(link: string, guest?: string): string {
  return `guest~${link}${guest === undefined ? '' : `~${guest}`}`;
}

/** Whether several people may come as this one: none of them has said who they are, but for a token or link they share. */
export function isUnnamed({ type, id }: Principal): boolean {
  return type === 'person' && /^(anonymous(-[0-9a-f]{16})?|guest~[^~]*)$/.test(id);
}

function issued(from: ApiKey | ShareLink, source: string, to: Reach & Pick<Grant, 'principal'>): Grant {
  if (from.revokedAt !== null) throw gone('was revoked');
  return { ...to, workspace: from.workspace, source, expiresAt: from.expiresAt?.getTime() ?? null };
}

function gone(why: string): Refusal {
  return new Refusal('unauthorized', `What was to let you in ${why}.`);
}
