export * from './doc.ts';
export * from './schemas.ts';
