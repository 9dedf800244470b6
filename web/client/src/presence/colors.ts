/** White text on each has a contrast of at least 4.5:1, and each stands out from light and dark paper. */
const COLORS = [
  '#c2255c',
  '#9c36b5',
  '#6741d9',
  '#1971c2',
  '#0b7285',
  '#087f5b',
  '#267a38',
  '#a6480a',
  '#c92a2a',
  '#5c5f66',
];

/** The colour of whoever has this id: the same in every browser. */
export function colorOf(id: string): string {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.codePointAt(0)!) >>> 0;
  return COLORS[hash % COLORS.length]!;
}
