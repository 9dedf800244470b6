/**
 * The kinds of document there are: the registry of this package, beside that of verbs in `verbs.ts`. What a kind says
 * without zod is in its row, for the sake of browsers.
 */
import type { Doc } from './doc/doc.ts';
import { DOC_KIND } from './doc/kind.ts';
import { PLAN_KIND } from './plan/kind.ts';
import type { Plan } from './plan/plan.ts';

/** What is said of a kind wherever documents are named. */
export interface KindRow {
  /** What people call one of them, and several. */
  label: string;
  plural: string;
  limits: {
    /** The most characters that a title may have. */
    title: number;
  };
}

export const KIND_ROWS = { plan: PLAN_KIND, doc: DOC_KIND } as const satisfies Record<string, KindRow>;

export type Kind = keyof typeof KIND_ROWS;
export const KINDS = Object.keys(KIND_ROWS) as [Kind, ...Kind[]];

/** The kind that is meant where none is named. */
export const DEFAULT_KIND = 'plan' satisfies Kind;

/** A document as plain data, whichever kind it is of. */
export type DocumentData = Plan | Doc;
/** The same of one kind. */
export type DataOf<K extends Kind> = Extract<DocumentData, { kind: K }>;
