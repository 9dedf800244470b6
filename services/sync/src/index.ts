export * from './compose.ts';
export * from './edits/create-merge-thread.ts';
export * from './pod.ts';
export { LIMIT_SETTINGS } from './settings.ts';
