import type { Changer, RightsAdmin } from '@syncline/auth';
import { actorOf, Refusal } from '@syncline/protocol';
import * as z from 'zod';
import type { Call } from './operation.ts';

/** What changes keys, links and rights. @throws Refusal `not_found` in open mode */
export function rightsOf(call: Call): RightsAdmin {
  if (call.rights) return call.rights;
  throw new Refusal('not_found', 'There are no keys, links or rights here: AUTH_MODE is open.');
}

/** Who makes this call, as the audit log has it. */
export function changerOf({ grant, commandId }: Call): Changer {
  return { workspace: grant.workspace, actor: actorOf(grant.principal), commandId };
}

/** When something is to end. */
export const expiresAt = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((end) => end.getTime() > Date.now(), 'must be in the future')
  .describe('When it ends, such as 2027-01-31T00:00:00Z; left out, never');

/** A moment as REST writes it. */
export function moment(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
