export * from './plan.ts';
export * from './schemas.ts';
