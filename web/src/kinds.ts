/** The registry of kinds in the app: the page that each is opened on. What the list says of them is in `home/kinds.ts`. */
import { type Kind, KINDS } from '@syncline/protocol';
import { type ComponentType, lazy } from 'react';
import { DocSkeleton } from './docs/doc-skeleton.tsx';
import { PlanSkeleton } from './plans/plan-skeleton.tsx';

export interface KindPage {
  /** Loaded when a document of the kind is opened. */
  Page: ComponentType<{ id: string }>;
  /** Keeps the page's place until it is there. */
  Skeleton: ComponentType;
}

export const KIND_PAGES: Record<Kind, KindPage> = {
  plan: { Page: lazy(() => import('./plans/plan-page.tsx')), Skeleton: PlanSkeleton },
  doc: { Page: lazy(() => import('./docs/doc-page.tsx')), Skeleton: DocSkeleton },
};

/** The kind of document that an address of the app is one of, as far as its beginning tells. */
export function kindAt(path: string): Kind | undefined {
  return KINDS.find((kind) => path.startsWith(`/${kind}/`));
}
