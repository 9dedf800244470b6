import * as encoding from 'lib0/encoding';
import type { Chance } from '../../../services/sync/sim/random.ts';

const GC = 0;
const DELETED = 1;
const JSON_VALUES = 2;
const STRING = 4;
const EMBED = 5;
const ANY_VALUES = 8;
const HAS_ORIGIN = 0x80;

/** Updates that can be read and that no encoder writes. */
export const NEVER_WRITTEN: readonly ((chance: Chance) => Uint8Array)[] = [
  // Lower clients first: merging loses structs of such an update.
  (chance) => sections([{ client: chance.int(1000) }, { client: 1000 + chance.int(1000) }]),
  // Twice the same: Yjs applies the second alone.
  () => sections([{ client: 7 }, { client: 7, clock: 1 }]),
  () => sections([{ client: 7 }, { client: 7, structs: [] }]),
  () => sections([{ client: 2 ** 53 }]),
  () => sections([{ client: 7, clock: 2 ** 32 }]),
  () => sections([{ client: 7, structs: [[DELETED, 2 ** 32]] }]),
  () => sections([{ client: 7, structs: [[GC, 0]] }]),
  () => sections([{ client: 7, structs: [[STRING | HAS_ORIGIN, 7, 0, 0]] }]),
  () => sections([{ client: 7, structs: [[STRING | HAS_ORIGIN, 7, 9, 1, 120]] }]),
  () => sections([{ client: 7, structs: [[STRING | HAS_ORIGIN, 2 ** 54, 0, 1, 120]] }]),
  () => sections([{ client: 7, structs: [[11, 1, 1, 120, 0]] }]),
  () => sections([{ client: 7, structs: [[10 | HAS_ORIGIN, 1]] }]),
  // A deletion beyond what can be counted.
  () => join(Uint8Array.of(0), varints(1, 7, 1, 1, 2 ** 32)),
  () => join(Uint8Array.of(0), varints(1, 2 ** 53, 1, 0, 1)),
  () => varints(0, 1, 7, 1, 5, 0),
  // Deeper than anyone could write it again.
  () => rootItem(EMBED, text(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)),
  () => rootItem(JSON_VALUES, varints(1), text(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)),
  () =>
    rootItem(ANY_VALUES, varints(1), ...Array.from({ length: 2_000 }, () => Uint8Array.of(117, 1)), Uint8Array.of(126)),
  // More structs than there are.
  () => varints(1, 2 ** 40, 7, 0, GC, 1, 0),
];

/** Sections of structs, each of which is its numbers, and no deletion. */
function sections(list: { client: number; clock?: number; structs?: [info: number, ...number[]][] }[]): Uint8Array {
  const written = list.map(({ client, clock = 0, structs = [[GC, 1]] }) =>
    join(
      varints(structs.length, client, clock),
      ...structs.map(([info, ...numbers]) => join(Uint8Array.of(info), varints(...numbers))),
    ),
  );
  return join(varints(list.length), ...written, varints(0));
}

/** One item of a root type, and no deletion. */
function rootItem(info: number, ...content: Uint8Array[]): Uint8Array {
  return join(varints(1, 1, 7, 0, info, 1), text('t'), ...content, varints(0));
}

function text(written: string): Uint8Array {
  return encoding.encode((encoder) => encoding.writeVarString(encoder, written));
}

export function varints(...numbers: number[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const number of numbers) encoding.writeVarUint(encoder, number);
  });
}

export function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
