import { documentName, type DocumentRef, Refusal, type Role } from '@syncline/protocol';
import { createdId } from '@syncline/protocol/document-id';
import type { Logger } from '@syncline/runtime';
import { createApiKey, hashApiKey } from './api-key.ts';
import { type Grant, reachOf } from './grant.ts';
import type { ApiKey, Right, RightsStore, ShareLink } from './records.ts';
import { guestId } from './sources.ts';
import type { Tokens } from './token.ts';

/** Who changes rights, where, and by which command: sent again, a command makes nothing twice. */
export interface Changer {
  workspace: string;
  /** `type:id` */
  actor: string;
  commandId: string;
}

export interface RightsAdminDeps {
  store: RightsStore;
  pepper: string;
  tokens: Tokens;
  log: Logger;
}

/** Changes keys, links and rights, and writes down who did (A12); whether they may is decided before. */
export class RightsAdmin {
  readonly #deps: RightsAdminDeps;
  readonly #audit: Logger;

  constructor(deps: RightsAdminDeps) {
    this.#deps = deps;
    this.#audit = deps.log.child({ component: 'audit' });
  }

  /** @returns the key itself too: it is shown this once and kept nowhere */
  async createKey(
    by: Changer,
    wanted: Pick<ApiKey, 'name' | 'role' | 'documents' | 'expiresAt'>,
  ): Promise<{ key: string; record: ApiKey }> {
    const key = createApiKey();
    const { store, pepper } = this.#deps;
    const record = await store.addKey({
      ...wanted,
      id: idOf('key', by),
      workspace: by.workspace,
      lastFour: key.slice(-4),
      createdBy: by.actor,
      hash: hashApiKey(key, pepper),
    });
    if (record === null)
      throw new Refusal(
        'exists',
        'This call has created a key before, which is not shown again; revoke that one, and call anew.',
      );
    const { id, name, role, documents, expiresAt } = record;
    this.#audit.info({ ...by, key: { id, name, role, documents, expiresAt } }, 'API key created');
    return { key, record };
  }

  keys(workspace: string): Promise<ApiKey[]> {
    return this.#deps.store.keys(workspace);
  }

  async revokeKey(by: Changer, id: string): Promise<ApiKey> {
    const key = await this.#deps.store.revokeKey(by.workspace, id);
    if (key === null) throw new Refusal('not_found', `There is no API key ${id}.`);
    this.#audit.info({ ...by, key: { id, name: key.name } }, 'API key revoked');
    return key;
  }

  /** @returns the link's token too, which opens the document to whoever has it */
  async createLink(
    by: Changer,
    wanted: { document: DocumentRef; role: Role; expiresAt: Date | null },
  ): Promise<{ token: string; link: ShareLink }> {
    const { store } = this.#deps;
    const made = await store.addLink({
      id: idOf('link', by),
      workspace: by.workspace,
      document: documentName(wanted.document),
      role: wanted.role,
      createdBy: by.actor,
      expiresAt: wanted.expiresAt,
    });
    const link = made ?? (await store.link(idOf('link', by)))!;
    const { id, document, role, expiresAt } = link;
    if (made) this.#audit.info({ ...by, link: { id, document, role, expiresAt } }, 'share link created');
    return { token: this.tokenOf(link), link };
  }

  links(workspace: string, document: string): Promise<ShareLink[]> {
    return this.#deps.store.links(workspace, document);
  }

  async revokeLink(by: Changer, document: string, id: string): Promise<ShareLink> {
    const link = await this.#deps.store.revokeLink({ workspace: by.workspace, document, id });
    if (link === null) throw new Refusal('not_found', `There is no share link ${id} to ${document}.`);
    this.#audit.info({ ...by, link: { id, document } }, 'share link revoked');
    return link;
  }

  /** The same each time it is asked for: a link can be shown again. */
  tokenOf({ id, workspace, document, role, expiresAt }: ShareLink): string {
    return this.#deps.tokens.sign({
      workspace,
      principal: { type: 'person', id: guestId(id), name: 'Guest' },
      ...reachOf(role, [document]),
      source: `link:${id}`,
      expiresAt: expiresAt?.getTime() ?? null,
    });
  }

  /** The token of a grant that is given for another; that is decided before. */
  sign(grant: Grant): string {
    return this.#deps.tokens.sign(grant);
  }

  rights(workspace: string): Promise<Right[]> {
    return this.#deps.store.rights(workspace);
  }

  async setRight(by: Changer, right: Right): Promise<void> {
    await this.#deps.store.setRight(by.workspace, right, by.actor);
    this.#audit.info({ ...by, right }, 'right set');
  }

  async removeRight(by: Changer, right: Omit<Right, 'role'>): Promise<void> {
    if (!(await this.#deps.store.removeRight(by.workspace, right)))
      throw new Refusal('not_found', `${right.subject} has no such right.`);
    this.#audit.info({ ...by, right }, 'right removed');
  }
}

/** The same command meets what it made. */
function idOf(what: 'key' | 'link', { workspace, actor, commandId }: Changer): string {
  return createdId(workspace, actor, `${what} ${commandId}`);
}
