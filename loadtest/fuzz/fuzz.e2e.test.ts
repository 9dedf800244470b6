import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('[S15] 2,000 hostile inputs: no crash, no unhandled error, bounded memory, and nobody else notices', async () => {
  const { tally, bystanders } = await fuzz({ inputs: 2_000, seed: 1 });
  expect(tally.violations).toEqual([]);
  expect(tally.total).toBeGreaterThanOrEqual(2_000);
  expect(bystanders.written).toBeGreaterThan(20);
  expect(bystanders.commands).toBeGreaterThan(5);
}, 900_000);
