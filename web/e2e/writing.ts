const WORDS = [
  'plan',
  'Straße',
  '"quoted"',
  'it’s',
  "don't",
  '計画を立てる',
  '測試',
  '다음 단계',
  'שלום',
  'مرحبا',
  '🧭',
  '👩🏽‍🚀',
  '𝒜𝓑',
  '𠮷野家',
  'é',
];

/** Words of many scripts that no other text holds, in no more UTF-16 units than that. */
export function randomText(random: () => number, room: number): string {
  const words = [random().toString(36).slice(2, 8)];
  for (let count = 2 + Math.floor(random() * 4); count > 0; count -= 1) {
    const word = pick(random, WORDS);
    if ([...words, word].join(' ').length <= room) words.push(word);
  }
  return words.join(' ');
}

/** All in an order that the randomness decides. */
export function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}
