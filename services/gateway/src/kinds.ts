import { type Kind, KINDS } from '@syncline/protocol';
import type { GatewayKind, KindTexts } from './kind.ts';
import { DOC } from './doc/kind.ts';
import { PLAN } from './plan/kind.ts';

/** The registry of what is particular to each kind here. */
export const GATEWAY_KINDS: { [K in Kind]: GatewayKind<K> } = { plan: PLAN, doc: DOC };

/** Of each kind, in their order. */
export function ofEachKind<T>(pick: (kind: GatewayKind, name: Kind) => T): T[] {
  return KINDS.map((name) => pick(GATEWAY_KINDS[name] as GatewayKind, name));
}

/** What models are told of each kind that they work on. */
export const KIND_TEXTS: readonly KindTexts[] = ofEachKind(({ told }) => told ?? []).flat();

/** The sentences on one subject, one after the other. */
export function told(subject: keyof KindTexts, between = ' '): string {
  return KIND_TEXTS.map((texts) => texts[subject]).join(between);
}
