import type { Role } from '@syncline/protocol';

/** What is kept of an API key. */
export interface ApiKey {
  id: string;
  workspace: string;
  name: string;
  role: Role;
  /** The documents it reaches; null is all of the workspace. */
  documents: string[] | null;
  lastFour: string;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** What is kept of a share link. */
export interface ShareLink {
  id: string;
  workspace: string;
  document: string;
  role: Role;
  createdAt: Date;
  createdBy: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** A role that a person of the host application has. */
export interface Right {
  subject: string;
  /** null is all of the workspace. */
  document: string | null;
  role: Role;
}

/** Where keys, links and rights are kept. Faults are the database's and thrown as they come. */
export interface RightsStore {
  /** Counts every change that takes away or alters what somebody may do; committed together with the change. */
  revision(): Promise<number>;

  keyByHash(hash: string): Promise<ApiKey | null>;
  key(id: string): Promise<ApiKey | null>;
  /** @returns null when there is one with this id already */
  addKey(key: Omit<ApiKey, 'createdAt' | 'revokedAt'> & { hash: string }): Promise<ApiKey | null>;
  /** Newest first, the revoked too. */
  keys(workspace: string): Promise<ApiKey[]>;
  /** @returns null when there is none such; revoking twice is revoking */
  revokeKey(workspace: string, id: string): Promise<ApiKey | null>;

  link(id: string): Promise<ShareLink | null>;
  /** @returns null when there is one with this id already */
  addLink(link: Omit<ShareLink, 'createdAt' | 'revokedAt'>): Promise<ShareLink | null>;
  links(workspace: string, document: string): Promise<ShareLink[]>;
  revokeLink(which: { workspace: string; document: string; id: string }): Promise<ShareLink | null>;

  rightsOf(workspace: string, subject: string): Promise<Right[]>;
  rights(workspace: string): Promise<Right[]>;
  setRight(workspace: string, right: Right, setBy: string): Promise<void>;
  /** @returns whether there was one */
  removeRight(workspace: string, right: Omit<Right, 'role'>): Promise<boolean>;
}
