export * from './clock.ts';
export * from './folder-lock.ts';
export * from './health.ts';
export * from './http-server.ts';
export * from './log.ts';
export * from './metrics.ts';
export * from './run.ts';
export * from './settings.ts';
