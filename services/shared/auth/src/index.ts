export * from './open-principal.ts';
export * from './origin-check.ts';
export * from './settings.ts';
