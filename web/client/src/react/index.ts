export { useOnlyHere } from './use-only-here.ts';
export { usePresences } from './use-presences.ts';
export { useRecentChanges } from './use-recent-changes.ts';
export { useSession, useSessionState } from './use-session.ts';
export { useStatus } from './use-status.ts';
