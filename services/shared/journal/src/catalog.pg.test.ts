import { inject } from 'vitest';
import { catalogContract } from './catalog.contract.ts';
import { postgresTestDatabase } from './testing.ts';

catalogContract('Postgres', () => postgresTestDatabase(inject('databaseUrl')));
