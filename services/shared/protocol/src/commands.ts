import * as z from 'zod';
import { editSchema } from './edits.ts';
import type { ErrorCode, RefusalBody } from './error-code.ts';
import { documentRefSchema, revisionSchema } from './id-schemas.ts';
import type { Seq } from './ids.ts';
import { planChangeSchema, planCreateArgsSchema } from './plan-schemas.ts';
import type { Role } from './roles.ts';

/** How many changes one command may carry, and how many commands a batch. */
export const MAX_CHANGES = 100;
export const MAX_BATCH = 20;

/** The strict precondition: the command is refused when the document is no longer at this revision. */
const baseRev = { base_rev: revisionSchema.optional() };

const changes = { changes: z.array(planChangeSchema).min(1).max(MAX_CHANGES) };
const edits = { edits: z.array(editSchema).min(1).max(MAX_CHANGES) };

/** What a batch is made of. */
const partSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('plan.update'), args: z.strictObject(changes) }),
  z.strictObject({ verb: z.literal('document.edit'), args: z.strictObject(edits) }),
]);

/** Verbs with their arguments; the same verb stands behind a button, a REST call and an MCP tool. */
export const verbSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('plan.create'), args: planCreateArgsSchema }),
  z.strictObject({
    verb: z.literal('plan.update'),
    args: z.strictObject({ ...changes, ...baseRev }),
  }),
  z.strictObject({
    verb: z.literal('document.edit'),
    args: z.strictObject({ ...edits, ...baseRev }),
  }),
  z.strictObject({ verb: z.literal('document.delete'), args: z.strictObject(baseRev) }),
  z.strictObject({ verb: z.literal('document.undelete'), args: z.strictObject(baseRev) }),
  z.strictObject({
    verb: z.literal('document.batch'),
    args: z.strictObject({ commands: z.array(partSchema).min(1).max(MAX_BATCH), ...baseRev }),
  }),
]);
export type Verb = z.infer<typeof verbSchema>;

/** The role that each verb needs in its document. */
export const VERB_ROLES: Readonly<Record<Verb['verb'], Role>> = {
  'plan.create': 'editor',
  'plan.update': 'editor',
  'document.edit': 'editor',
  'document.delete': 'editor',
  'document.undelete': 'editor',
  'document.batch': 'editor',
};

/** A command's id: the `Idempotency-Key` of REST, the `op_id` of MCP, or one that the gateway made. */
export const commandIdSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'a command id is 1–128 visible ASCII characters without spaces');

export const principalSchema = z.strictObject({
  /** `person` and `agent` edit; `system` is Syncline itself. */
  type: z.enum(['person', 'agent', 'system']),
  id: z.string().min(1).max(128),
  name: z.string().min(1).max(128),
});
/** Who acts. `type:id` is the actor that the journal keeps. */
export type Principal = z.infer<typeof principalSchema>;

/** `type:id`, as the journal's `actor` column keeps it. */
export function actorOf(principal: Principal): string {
  return `${principal.type}:${principal.id}`;
}

/** Who asks: in open mode a principal, as it says of itself; else a token that proves it. */
export const askerSchema = z.union([principalSchema, z.string().max(16 * 1024)]);
export type Asker = z.infer<typeof askerSchema>;

const envelope = {
  document: documentRefSchema,
  asker: askerSchema,
  /** Read your writes: the answer must not be older than this revision. */
  at_least: revisionSchema.optional(),
};

/** What the gateway asks of whichever pod holds a document. */
export const documentRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('command'),
    ...envelope,
    command: z.strictObject({
      id: commandIdSchema,
      /** Tells the calls apart that send a command: one that got no answer sends it again as the same call. */
      call: z.string().max(64).optional(),
      verb: verbSchema,
    }),
  }),
  z.strictObject({ type: z.literal('read'), ...envelope, as: z.enum(['data', 'yjs']).optional() }),
]);
export type DocumentRequest = z.infer<typeof documentRequestSchema>;

/** What a command changed: ids of steps, anchors of blocks. Stored with the command and given again to a duplicate. */
export interface CommandResult {
  changed: string[];
}

/**
 * The pod's answer. `value` is a {@link CommandResult} for a command; for a read the document as plain data, or its state
 * as Yjs encodes it, in base64.
 */
export type DocumentReply<T = unknown> =
  | { ok: true; seq: Seq; value: T }
  | { ok: false; error: RefusalBody & { code: ErrorCode } };

/** Subjects on the bus, which puts the installation before them. */
export const subjects = {
  /** Served, as one queue group, by the pods that hold the document. */
  document: (id: string) => `doc.${id}`,
  /** Served by every pod: open this document and answer. */
  open: 'open',
} as const;
