import { journalContract } from './journal.contract.ts';
import { pgliteTestDatabase } from './testing.ts';

journalContract('PGlite', pgliteTestDatabase);
