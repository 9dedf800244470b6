export { contradictions } from './serial/check.ts';
export type { Asked, History, HistoryRow, Sending } from './serial/history.ts';
export { asServer } from './server.ts';
