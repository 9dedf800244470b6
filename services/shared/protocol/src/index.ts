/**
 * What processes say to each other. Modules named `…-schemas` (and the requests made of them) bring zod along; the
 * others do not, so that a browser that needs types and constants loads no zod.
 */
export * from './activity.ts';
export * from './block-schemas.ts';
export * from './blocks.ts';
export * from './commands.ts';
export * from './doc/index.ts';
export * from './edits.ts';
export * from './error-code.ts';
export * from './frames.ts';
export * from './id-schemas.ts';
export * from './id-of-name.ts';
export * from './ids.ts';
export * from './json-presence.ts';
export * from './kinds.ts';
export * from './plan/index.ts';
export * from './presence.ts';
export * from './records.ts';
export * from './roles.ts';
export { MAX_BATCH, MAX_CHANGES } from './verb-row.ts';
export * from './verbs.ts';
