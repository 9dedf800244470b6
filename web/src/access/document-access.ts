import { DEFAULT_WORKSPACE, reaches, type Role } from '@syncline/protocol';
import { socketToken } from '../person/person.ts';
import { roleIn } from './claims.ts';
import { exchangeLink } from './exchange.ts';
import { type Kept, keepLink, linkTo, signedIn } from './kept.ts';

/** What lets this browser into one document. */
export interface DocumentAccess {
  /** `name`: nothing but who one says one is, which is enough in open mode. */
  by: 'name' | 'sign_in' | 'link';
  /** The id under which the server tells others of the person at this browser. */
  idOf(person: string): string;
  /** Whose document it is: equal names in two workspaces are two documents. */
  workspace: string;
  /** What one may do, before the server has been asked; null is nothing. */
  role: Role | null;
  /**
   * The token to show.
   * @param anew the last one is about to end
   */
  token(anew?: boolean): Promise<string>;
  /** What `token` gave was refused. @returns whether it may give another now */
  forget(): boolean;
  /** It was refused for good. */
  over(): void;
}

const BY_NAME: DocumentAccess = {
  by: 'name',
  idOf: (person) => person,
  workspace: DEFAULT_WORKSPACE,
  role: 'admin',
  token: async () => socketToken(),
  forget: () => false,
  over() {},
};

/** What guests have got for their links. */
const issued = new Map<string, Promise<string>>();

/** By what this page opened each document; what would let it in may be another by now. */
const opened = new Map<string, DocumentAccess>();

/** By what a document is opened from now on. */
export function openWith(document: string): DocumentAccess {
  const access = accessTo(document);
  opened.set(document, access);
  return access;
}

/** By what a document was opened. */
export function accessOf(document: string): DocumentAccess {
  return opened.get(document) ?? accessTo(document);
}

/** By what a document is to be opened. Of a sign-in and a link to it, that which lets one do more. */
export function accessTo(document: string): DocumentAccess {
  const [own, link] = [signedIn(), linkTo(document)];
  if (link && !(own && standsBefore(own, link, document))) return byLink(link, document);
  return own ? bySignIn(own, document) : BY_NAME;
}

function standsBefore(own: Kept, link: Kept, document: string): boolean {
  if (own.isOver || own.claims.workspace !== link.claims.workspace) return false;
  return link.isOver || reaches(roleIn(own.claims, document), roleIn(link.claims, document) ?? 'viewer');
}

function bySignIn({ token, claims }: Kept, document: string): DocumentAccess {
  return {
    by: 'sign_in',
    idOf: (person) => person,
    workspace: claims.workspace,
    role: roleIn(claims, document),
    // Another tab may have signed in again.
    token: async () => signedIn()?.token ?? token,
    forget: () => false,
    over() {},
  };
}

function byLink({ token: link, claims }: Kept, document: string): DocumentAccess {
  return {
    by: 'link',
    idOf: (person) => `guest~${claims.source?.replace('link:', '')}~${person}`,
    workspace: claims.workspace,
    role: roleIn(claims, document),
    token(anew) {
      const known = anew ? undefined : issued.get(link);
      // A link opens by itself, too: pods let its holder in while no gateway answers, and say what is wrong with it.
      const token = known ?? exchangeLink(link).catch(() => (issued.delete(link), link));
      issued.set(link, token);
      return token;
    },
    forget: () => issued.delete(link),
    over: () => keepLink(document, link, true),
  };
}
