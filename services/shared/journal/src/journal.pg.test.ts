import { inject } from 'vitest';
import { journalContract } from './journal.contract.ts';
import { postgresTestDatabase } from './testing.ts';

journalContract('Postgres', () => postgresTestDatabase(inject('databaseUrl')));
