import { inject } from 'vitest';
import { historyContract } from './history.contract.ts';
import { postgresTestDatabase } from './testing.ts';

historyContract('Postgres', () => postgresTestDatabase(inject('databaseUrl')));
