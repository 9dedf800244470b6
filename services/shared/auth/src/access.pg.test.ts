import { postgresTestDatabase } from '@syncline/journal/testing';
import { inject } from 'vitest';
import { accessContract } from './access.contract.ts';

accessContract(() => postgresTestDatabase(inject('databaseUrl')));
