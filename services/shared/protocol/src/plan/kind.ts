import type { KindRow } from '../kinds.ts';
import { PLAN_LIMITS } from './plan.ts';

export const PLAN_KIND = { label: 'Plan', plural: 'Plans', limits: PLAN_LIMITS } as const satisfies KindRow;
