export { DocumentProvider, type DocumentProviderProps, useDocument, useSessionState } from './provider.tsx';
export { useOnlyHere } from './use-only-here.ts';
export { usePresence } from './use-presence.ts';
export { useRecentChanges } from './use-recent-changes.ts';
export { useStatus } from './use-status.ts';
