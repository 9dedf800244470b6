import { type Asker, DEFAULT_WORKSPACE, type DocumentRef, type Principal, Refusal } from '@syncline/protocol';
import type { Grant } from './grant.ts';
import { type Headers, openPrincipal, principalOfSocket } from './open-principal.ts';

/** Decides who is let in, and to what; the one port behind which open mode and keys stand. */
export interface Access {
  /** Who sends an HTTP request. @throws Refusal */
  ofRequest(headers: Headers): Grant | Promise<Grant>;
  /**
   * Who opens a socket with this token, or renews it. Where it is empty, the headers of the socket's upgrade tell.
   * @throws Refusal
   */
  ofSocket(token: string, headers?: Headers): Grant | Promise<Grant>;
  /** How a gateway tells a pod who asks for this document. */
  vouch(grant: Grant, document: DocumentRef): Asker;
  /** Who asks, as a gateway told. @throws Refusal */
  ofAsker(asker: Asker): Grant | Promise<Grant>;
  /** Tells whether rights may have changed since it was last asked; null where they never do. @throws Refusal */
  changed: (() => Promise<boolean>) | null;
}

/** Open mode: everyone is let in, to the one workspace, to everything, as whom they say they are. */
export const openAccess: Access = {
  ofRequest: (headers) => openGrant(openPrincipal(headers)),
  ofSocket: (token, headers) => openGrant(principalOfSocket(token, headers)),
  vouch: ({ principal }) => principal,
  ofAsker(asker) {
    if (typeof asker === 'string') throw new Refusal('unauthorized', 'AUTH_MODE is open here; tokens are not read.');
    return openGrant(asker);
  },
  changed: null,
};

/** What open mode lets this principal do. */
export function openGrant(principal: Principal): Grant {
  return { workspace: DEFAULT_WORKSPACE, principal, role: 'admin', documents: {}, source: null, expiresAt: null };
}
