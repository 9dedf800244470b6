import type { Catalog } from '@syncline/journal';
import { Refusal } from '@syncline/protocol';
import type { Logger } from '@syncline/runtime';

/** A catalog whose faults are told to callers as `unavailable`, for they are the database's, and to the operator whole. */
export function tellingCatalog(catalog: Catalog, log: Logger): Catalog {
  return {
    async list(query) {
      try {
        return await catalog.list(query);
      } catch (error) {
        if (error instanceof Refusal) throw error;
        log.error({ err: error }, 'the list of documents cannot be read');
        throw new Refusal('unavailable', 'The list of documents cannot be read right now. Ask again.');
      }
    },
  };
}
