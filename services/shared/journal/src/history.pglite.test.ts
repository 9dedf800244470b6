import { historyContract } from './history.contract.ts';
import { pgliteTestDatabase } from './testing.ts';

historyContract('PGlite', pgliteTestDatabase);
