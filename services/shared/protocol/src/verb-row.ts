import * as z from 'zod';
import { revisionSchema } from './id-schemas.ts';
import type { Role } from './roles.ts';

/** How many changes one command may carry, and how many commands a batch. */
export const MAX_CHANGES = 100;
export const MAX_BATCH = 20;

/** A verb: what can be done to a document. */
export interface VerbRow {
  /** What it takes; an object that refuses what it does not know. */
  args: z.ZodObject;
  /** The role that it needs in its document. */
  role: Role;
  /** Whether it makes a document that is not there yet, as only a verb that says so does. */
  creates?: true;
  /** Whether it may be part of a batch. */
  inBatch?: true;
}

/** The strict precondition: the command is refused when the document is no longer at this revision. */
export const baseRev = { base_rev: revisionSchema.optional() };

/** A list of changes as one command carries it. */
export function changesOf<T extends z.ZodType>(change: T) {
  return z.array(change).min(1).max(MAX_CHANGES);
}
