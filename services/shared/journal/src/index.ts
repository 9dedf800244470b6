export * from './database.ts';
export * from './group-commit.ts';
export * from './journal.ts';
export * from './migrate.ts';
export * from './pglite.ts';
export * from './postgres.ts';
export * from './projection.ts';
export * from './read.ts';
