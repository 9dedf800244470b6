import { afterAll, beforeAll, expect, it } from 'vitest';
import { Faults } from './faults.ts';
import { VICTIM_KINDS } from './victims.ts';

const SEED = 20_261_126;

let faults: Faults;
beforeAll(async () => {
  faults = await Faults.start({ seed: SEED });
});
afterAll(() => faults.stop());

it('[S1, S6, S10, S20] whoever is killed, what was acknowledged or answered is there once, and everybody has it', async () => {
  const killed = new Set<string>();
  let [edits, commands] = [0, 0];
  for (let n = 0; n < VICTIM_KINDS.length; n++) {
    const round = await faults.round();
    expect(round.violations).toEqual([]);
    killed.add(round.victim.kind);
    edits += round.edits;
    commands += round.commands;
  }
  expect(killed).toEqual(new Set(VICTIM_KINDS));
  expect(edits).toBeGreaterThan(20);
  expect(commands).toBeGreaterThan(5);
}, 300_000);
