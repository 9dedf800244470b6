/** The registry of what the list says of documents of each kind, and of the kind that people begin there. */
import type { Kind } from '@syncline/protocol';
import type { ComponentType, ReactNode } from 'react';
import { DOC_IN_LIST } from '../docs/in-list.tsx';
import { PLAN_IN_LIST } from '../plans/in-list.tsx';
import { PLANS } from '../plans/words.ts';
import type { ListedDocument, NewDocument } from './documents.ts';

export interface KindInList {
  /** What stands below the title, before the time of the last change. */
  Facts: ComponentType<{ item: ListedDocument }>;
  /** What stands behind it. */
  Badge: ComponentType<{ item: ListedDocument }>;
}

export const KINDS_IN_LIST: Record<Kind, KindInList> = { plan: PLAN_IN_LIST, doc: DOC_IN_LIST };

/** How people begin a document of a kind, and the words for it. */
export interface Beginning {
  /** What the list is called. */
  plural: string;
  /** The button that begins one. */
  action: string;
  Dialog: ComponentType<{ opened: boolean; onClose: () => void }>;
  sample: { name: string; open: string; document: NewDocument };
  empty: { title: string; text: ReactNode; action: string; readOnly: string };
  onDevice: { list: string; some: string; none: string };
}

export const BEGINNING: Beginning = PLANS;
