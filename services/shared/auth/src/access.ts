import {
  actorOf,
  DEFAULT_WORKSPACE,
  type DocumentRef,
  documentName,
  type Principal,
  Refusal,
} from '@syncline/protocol';
import { type Grant, roleOn } from './grant.ts';
import { type Headers, openPrincipal, principalOfSocket } from './open-principal.ts';

/** Who asks something of a pod: in open mode a principal, as it says; else a token that proves it. */
export type Asker = Principal | string;

/** Decides who is let in, and to what; the one port behind which open mode and keys stand. */
export interface Access {
  /** Who sends an HTTP request. @throws Refusal */
  ofRequest(headers: Headers): Grant | Promise<Grant>;
  /** Who opens a socket with this token, or renews it. @throws Refusal */
  ofSocket(token: string): Grant | Promise<Grant>;
  /** How a gateway tells a pod who asks for this document. */
  vouch(grant: Grant, document: DocumentRef): Asker;
  /** Who asks, as a gateway told. @throws Refusal */
  ofAsker(asker: Asker): Grant | Promise<Grant>;
  /** What may change while somebody is in; null where nothing does. */
  changes: RightsChanges | null;
}

export interface RightsChanges {
  /** Whether rights may have changed since it was last asked. @throws Refusal `unavailable` when that cannot be told */
  any(): Promise<boolean>;
  /** What is left of a grant. @throws Refusal when nothing is */
  left(grant: Grant): Promise<Grant>;
}

/** Open mode: everyone is let in, to the one workspace, to everything, as whom they say they are. */
export const openAccess: Access = {
  ofRequest: (headers) => openGrant(openPrincipal(headers)),
  ofSocket: (token) => openGrant(principalOfSocket(token)),
  vouch: ({ principal }) => principal,
  ofAsker(asker) {
    if (typeof asker === 'string') throw new Refusal('unauthorized', 'AUTH_MODE is open here; tokens are not read.');
    return openGrant(asker);
  },
  changes: null,
};

function openGrant(principal: Principal): Grant {
  return { workspace: DEFAULT_WORKSPACE, principal, role: 'admin', documents: {}, source: null, expiresAt: null };
}

/** Whether two grants are to the same in one document. */
export function sameOn(document: DocumentRef, one: Grant, other: Grant): boolean {
  const name = documentName(document);
  return (
    one.workspace === other.workspace &&
    actorOf(one.principal) === actorOf(other.principal) &&
    roleOn(one, name) === roleOn(other, name)
  );
}
