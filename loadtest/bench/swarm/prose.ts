const SYLLABLES = 'ka lo mi ne ru sta ven tor pel ing dra um est fi gol har ous jen qui bra sel wo xi yan zu'.split(
  ' ',
);

/** Text that Postgres compresses about as little as people's own; the same at every call. */
export function prose(characters: number): string {
  let [text, state] = ['', 1];
  while (text.length < characters) {
    // The generator of Numerical Recipes; its high bits are even enough here.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += SYLLABLES[(state >>> 16) % SYLLABLES.length]! + ((state >>> 12) % 3 === 0 ? ' ' : '');
  }
  return text.slice(0, characters);
}
