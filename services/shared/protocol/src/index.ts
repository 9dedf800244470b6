export * from './blocks.ts';
export * from './commands.ts';
export * from './edits.ts';
export * from './error-code.ts';
export * from './frames.ts';
export * from './ids.ts';
export * from './plan.ts';
