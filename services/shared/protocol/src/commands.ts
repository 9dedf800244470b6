import * as z from 'zod';
import type { ErrorCode, RefusalBody } from './error-code.ts';
import { documentRefSchema, revisionSchema } from './id-schemas.ts';
import type { Seq } from './ids.ts';
import { verbSchema } from './verbs.ts';

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
