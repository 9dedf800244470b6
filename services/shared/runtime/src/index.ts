export * from './clock.ts';
export * from './log.ts';
export * from './metrics.ts';
export * from './settings.ts';
