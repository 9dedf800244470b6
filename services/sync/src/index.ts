export * from './compose.ts';
export * from './edits/create-merge-thread.ts';
export * from './pod.ts';
export { POD_SETTINGS, podLimits } from './settings.ts';
