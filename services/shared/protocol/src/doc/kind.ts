import type { KindRow } from '../kinds.ts';
import { DOC_LIMITS } from './doc.ts';

export const DOC_KIND = { label: 'Doc', plural: 'Docs', limits: DOC_LIMITS } as const satisfies KindRow;
