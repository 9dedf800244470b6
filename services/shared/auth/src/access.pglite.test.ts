import { pgliteTestDatabase } from '@syncline/journal/testing';
import { accessContract } from './access.contract.ts';

accessContract(pgliteTestDatabase);
