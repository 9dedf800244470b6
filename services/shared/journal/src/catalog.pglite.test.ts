import { catalogContract } from './catalog.contract.ts';
import { pgliteTestDatabase } from './testing.ts';

catalogContract('PGlite', pgliteTestDatabase);
