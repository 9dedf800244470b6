import type { Kind, KindVerb } from '@syncline/protocol';
import { DOC_RUNS } from './doc/runs.ts';
import { PLAN_RUNS } from './plan/runs.ts';
import type { Runs } from './run.ts';

/** What the verbs of each kind do; apart from the rest of a kind, of which browsers have need. */
export const KIND_RUNS: { [K in Kind]: Runs<KindVerb<K>> } = { plan: PLAN_RUNS, doc: DOC_RUNS };
