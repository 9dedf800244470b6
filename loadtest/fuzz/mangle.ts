import type { Chance } from '../../services/sync/sim/random.ts';

/** Bytes that once were right: cut, flipped, doubled, or with something foreign inside. */
export function mangle(bytes: Uint8Array, chance: Chance): Uint8Array {
  const at = chance.int(bytes.length + 1);
  switch (chance.int(5)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), noise(chance, 1 + chance.int(20)), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), hugeVarint(chance), bytes.subarray(at + 1)]);
    case 3:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    default:
      return flip(bytes, chance, 1 + chance.int(4));
  }
}

export function flip(bytes: Uint8Array, chance: Chance, times: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  for (let n = 0; n < times && bytes.length; n++) flipped[chance.int(bytes.length)]! ^= 1 << chance.int(8);
  return flipped;
}

export function noise(chance: Chance, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => chance.int(256));
}

/** A number as lib0 writes it, larger than any that is right there. */
function hugeVarint(chance: Chance): Uint8Array {
  return Uint8Array.of(...Array.from({ length: 2 + chance.int(9) }, () => 128 + chance.int(128)), chance.int(128));
}

const DEEP = 5_000;
/** What JSON can say and nobody expects. */
const ODD: readonly string[] = [
  'null',
  'true',
  '-1',
  '1e400',
  '9007199254740993',
  `1${'0'.repeat(400)}`,
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udfff\\ud800 \\u202e"',
  `"${'x'.repeat(5_000)}"`,
  '[]',
  '{}',
  '{"__proto__": {"polluted": true}}',
  '{"constructor": {"prototype": {"polluted": true}}}',
  '{"toString": 1, "hasOwnProperty": 2, "then": 3}',
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  '"# a\\n\\n- b\\n  - c\\n\\n> d\\n\\n![](javascript:alert(1))"',
];

/** JSON whose values have been put in the place of others, whose keys are foreign, or that is none any more. */
export function mangleJson(value: unknown, chance: Chance): string {
  const text = JSON.stringify(value);
  if (chance.hits(0.15)) return Buffer.from(mangle(Buffer.from(text), chance)).toString('latin1');
  const places = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|\d+|true|false|null)/g)];
  const place = chance.pick(places);
  if (!place || chance.hits(0.1)) return chance.pick(ODD);
  const [before, after] = [text.slice(0, place.index + 1), text.slice(place.index + place[0].length)];
  if (chance.hits(0.2))
    return `${before}${place[1]!},"${chance.pick(['__proto__', 'constructor', 'a\\u0000', ''])}":1${after}`;
  return before + chance.pick(ODD) + after;
}
