import { DOC_GROUND } from './doc.ts';
import type { Ground } from './ground.ts';
import { PLAN_GROUND } from './plan.ts';

/** In turn. */
export const GROUNDS: readonly Ground[] = [PLAN_GROUND, DOC_GROUND];
