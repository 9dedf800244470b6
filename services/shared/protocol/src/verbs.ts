/** Which verbs a document of each kind takes: the registry of verbs. The same verb stands behind a button, a REST call and an MCP tool. */
import * as z from 'zod';
import { DOC_VERBS } from './doc/verbs.ts';
import { BLOCK_VERBS, WHOLE_VERBS } from './document-verbs.ts';
import { Refusal } from './error-code.ts';
import { type Kind, KIND_ROWS } from './kinds.ts';
import { PLAN_VERBS } from './plan/verbs.ts';
import type { Role } from './roles.ts';
import { baseRev, MAX_BATCH, type VerbRow } from './verb-row.ts';

const VERBS_OF = {
  plan: { ...PLAN_VERBS, ...BLOCK_VERBS },
  doc: DOC_VERBS,
} as const satisfies Record<Kind, Record<string, VerbRow>>;

const SIMPLE = { ...PLAN_VERBS, ...BLOCK_VERBS, ...DOC_VERBS, ...WHOLE_VERBS };

type VerbOf<Rows extends Record<string, VerbRow>> = {
  [Name in keyof Rows]: { verb: Name; args: z.infer<Rows[Name]['args']> };
}[keyof Rows];
type InBatch<Rows> = { [Name in keyof Rows as Rows[Name] extends { inBatch: true } ? Name : never]: Rows[Name] };
type WithoutBase<V> = V extends { verb: string; args: object }
  ? { verb: V['verb']; args: Omit<V['args'], 'base_rev'> }
  : never;

/** One command of a batch. */
export type BatchPart = WithoutBase<VerbOf<InBatch<typeof SIMPLE>>>;

const partSchema = anyVerb<BatchPart>(
  Object.entries<VerbRow>(SIMPLE).flatMap(([verb, { args, inBatch }]) =>
    inBatch ? [[verb, args.omit({ base_rev: true })]] : [],
  ),
);

const VERBS = {
  ...SIMPLE,
  'document.batch': {
    args: z.strictObject({ commands: z.array(partSchema).min(1).max(MAX_BATCH), ...baseRev }),
    role: 'editor',
  },
} as const satisfies Record<string, VerbRow>;

/** A verb with its arguments. */
export type Verb = VerbOf<typeof VERBS>;

/** The verbs of one kind beside those of every kind, as a command or a batch has them. */
export type KindVerb<K extends Kind> = WithoutBase<VerbOf<(typeof VERBS_OF)[K]>>;

export const verbSchema = anyVerb<Verb>(Object.entries<VerbRow>(VERBS).map(([verb, { args }]) => [verb, args]));

/** The role that a verb needs in its document. */
export function roleFor({ verb }: Pick<Verb, 'verb'>): Role {
  return VERBS[verb].role;
}

/** Whether a verb makes a document that is not there yet. */
export function isCreate({ verb }: Pick<Verb, 'verb'>): boolean {
  const row: VerbRow = VERBS[verb];
  return row.creates === true;
}

/** The Yjs update, in base64, that a verb carries of its sender's making; null of all others. */
export function updateIn({ args }: Verb): string | null {
  return 'update' in args ? (args.update ?? null) : null;
}

/** Refuses a verb that documents of this kind do not take, alone or in a batch. @throws Refusal */
export function requireVerbOf(kind: Kind, { verb, args }: Verb | BatchPart): void {
  if (verb === 'document.batch') for (const command of args.commands) requireVerbOf(kind, command);
  else if (!Object.hasOwn(WHOLE_VERBS, verb) && !Object.hasOwn(VERBS_OF[kind], verb))
    throw new Refusal(
      'invalid_request',
      `${verb}: documents of kind ${kind} do not take this verb. ${KIND_ROWS[kind].plural} take ${verbsOf(kind).join(', ')}.`,
    );
}

function verbsOf(kind: Kind): string[] {
  return Object.keys({ ...VERBS_OF[kind], ...WHOLE_VERBS, 'document.batch': null });
}

function anyVerb<V>(verbs: (readonly [string, z.ZodType])[]): z.ZodType<V> {
  const [first, ...rest] = verbs.map(([verb, args]) => z.strictObject({ verb: z.literal(verb), args }));
  return z.discriminatedUnion('verb', [first!, ...rest]) as unknown as z.ZodType<V>;
}
