export { type Closing, type WayOut } from './closing.ts';
export { composition, isComposingKey } from './composing/composition.ts';
export { type DocumentAddress, DocumentSession, type SessionState } from './document-session.ts';
export { type Link } from './link.ts';
export { type OnlyHere } from './only-here.ts';
export { type CheckedAwareness } from './presence/checked-awareness.ts';
export { colorOf } from './presence/colors.ts';
export { keyOf, type Presence } from './presence/presence.ts';
export { type Status, type StatusKind } from './status.ts';
