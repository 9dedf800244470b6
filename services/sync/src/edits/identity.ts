import { type Access, authorize, type Grant, type Headers, isUnnamed, roleOn } from '@syncline/auth';
import { actorOf, documentName, type Kind, type KnownUser, type Principal, reaches, Refusal } from '@syncline/protocol';
import type { Random } from '@syncline/runtime';

/** How long before its time is over a client is asked for a new token. */
const RENEW_MS = 30_000;
/** What the ids begin with that tell apart those who have not said who they are; no person can have such an id. */
const UNNAMED = 'anonymous:';

export interface IdentityDeps {
  access: Pick<Access, 'ofSocket'>;
  document: { kind: Kind; id: string };
  /** Of the socket's upgrade. */
  headers?: Headers | undefined;
  random: Random;
}

/**
 * Who a client is and what it may do in its document: by the first token it shows, by those that renew it, and by what
 * becomes of their rights meanwhile. It knows no sockets.
 */
export class Identity {
  readonly #deps: IdentityDeps;
  #grant: Grant | null = null;
  /** What the grant was given for. */
  #token = '';
  #askedToRenew = false;
  /** The id of one who has not said who they are. */
  #unnamed: string | null = null;

  constructor(deps: IdentityDeps) {
    this.#deps = deps;
  }

  /** null until a token has been accepted. */
  get grant(): Grant | null {
    return this.#grant;
  }

  /** `type:id`, as the journal's `actor` has it. */
  get actor(): string | null {
    return this.#grant && actorOf(this.#grant.principal);
  }

  /** As whom the others see it. */
  get appearance(): KnownUser {
    return appearanceOf(this.#grant!.principal, () => (this.#unnamed ??= unnamedId(this.#deps.random)));
  }

  /** Whether what the client sends is to be kept out of the document. */
  get readOnly(): boolean {
    return this.#grant === null || !writes(this.#grant, this.#deps.document);
  }

  /**
   * Takes a token: the first says who the client is, the others must be of the same.
   * @returns whether the client may write now and could not, or the other way round
   * @throws Refusal
   */
  async show(token: string): Promise<boolean> {
    const grant = await this.#deps.access.ofSocket(token, this.#deps.headers);
    const before = this.#grant;
    if (before && (grant.workspace !== before.workspace || actorOf(grant.principal) !== actorOf(before.principal)))
      throw new Refusal('unauthorized', 'The token is another person’s, or of another workspace.');
    this.#askedToRenew &&= (grant.expiresAt ?? Infinity) <= (before?.expiresAt ?? Infinity);
    this.#token = token;
    return this.#become(grant);
  }

  /**
   * Rights have changed: looks what the client may do now.
   * @returns as {@link show} does
   * @throws Refusal `forbidden` when it may no longer be here, `unavailable` when that cannot be told
   */
  async review(): Promise<boolean> {
    if (!this.#grant) return false;
    try {
      return this.#become(await this.#deps.access.ofSocket(this.#token, this.#deps.headers));
    } catch (error) {
      if (error instanceof Refusal && error.code === 'unauthorized') throw new Refusal('forbidden', error.message);
      throw error;
    }
  }

  /**
   * Looks whether the time is nearly over.
   * @param now milliseconds since 1970
   * @returns whether a new token is to be asked for, which is once
   * @throws Refusal `unauthorized` when it is over
   */
  watchTime(now: number): boolean {
    const left = (this.#grant?.expiresAt ?? Infinity) - now;
    if (left <= 0) throw new Refusal('unauthorized', 'Your time is over.');
    if (left > RENEW_MS || this.#askedToRenew) return false;
    return (this.#askedToRenew = true);
  }

  #become(grant: Grant): boolean {
    const { document } = this.#deps;
    mayOpen(grant, document);
    const changed = this.#grant !== null && writes(this.#grant, document) !== writes(grant, document);
    this.#grant = grant;
    return changed;
  }
}

/**
 * As whom the others see who acts.
 * @param unnamed gives the id of one who has not said who they are
 */
export function appearanceOf(principal: Principal, unnamed: () => string): KnownUser {
  const { type, id, name } = principal;
  return { id: isUnnamed(principal) ? unnamed() : id, kind: type === 'agent' ? 'agent' : 'human', name };
}

export function unnamedId(random: Random): string {
  return `${UNNAMED}${random().toString(36).slice(2)}`;
}

/** Whether an id is one connection's alone: whoever had it comes back under another. */
export function isUnnamedId(id: string): boolean {
  return id.startsWith(UNNAMED);
}

function writes(grant: Grant, document: IdentityDeps['document']): boolean {
  return reaches(roleOn(grant, documentName(document)), 'editor');
}

/** @throws Refusal `forbidden`: a socket makes the document it opens, so there is none that is not there */
function mayOpen(grant: Grant, document: IdentityDeps['document']): void {
  try {
    authorize(grant, 'viewer', { workspace: grant.workspace, ...document });
  } catch (error) {
    throw error instanceof Refusal ? new Refusal('forbidden', `You may not open ${documentName(document)}.`) : error;
  }
}
