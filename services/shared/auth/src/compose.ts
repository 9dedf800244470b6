import type { Database } from '@syncline/journal';
import type { Logger } from '@syncline/runtime';
import { type Access, openAccess } from './access.ts';
import { createKeyAccess } from './key-access.ts';
import { RightsAdmin } from './rights-admin.ts';
import { createRightsStore } from './rights-store.ts';
import { type AuthSettings, requireSecrets } from './settings.ts';

/** What a process lets people in by. */
export interface ComposedAccess {
  access: Access;
  /** null in open mode: there is nothing to change. */
  rights: RightsAdmin | null;
}

/** @throws StartError when AUTH_MODE=keys lacks a secret */
export function composeAccess(settings: AuthSettings, deps: { db: Database; log: Logger }): ComposedAccess {
  if (settings.AUTH_MODE === 'open') return { access: openAccess, rights: null };
  const secrets = requireSecrets(settings);
  const store = createRightsStore(deps.db);
  const access = createKeyAccess({ store, settings: secrets, now: Date.now });
  const rights = new RightsAdmin({ store, pepper: secrets.KEY_PEPPER, tokens: access.tokens, log: deps.log });
  return { access, rights };
}
