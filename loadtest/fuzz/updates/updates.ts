import * as Y from 'yjs';
import { flip, mangle, noise } from '../mangle.ts';
import type { Chance } from '../../../services/sync/sim/random.ts';
import { Author } from './author.ts';
import { join, NEVER_WRITTEN, varints } from './never-written.ts';

/**
 * What must become of an update: acknowledged; acknowledged without another row; refused; refused for the frame that it
 * comes in; or either, so long as what is acknowledged is stored.
 */
export type Fate = 'taken' | 'known' | 'refused' | 'misframed' | 'either';

export interface Sent {
  kind: string;
  bytes: Uint8Array;
  fate: Fate;
}

/** Its name, its fate, how often it is drawn, and how it is made. */
type Kind = [string, Fate, number, () => Uint8Array];

const EMPTY = Uint8Array.of(0, 0);
/** Clients that write at once. */
const AUTHORS = 3;

/** People who edit one document, each with a replica of their own, and everything that may come of it on a wire. */
export class Updates {
  readonly #chance: Chance;
  readonly #authors: Author[];
  /** Edits that never arrived, so that what follows them waits. */
  readonly #lost: Uint8Array[] = [];
  readonly #kinds: readonly Kind[];

  constructor(chance: Chance, seed: Uint8Array) {
    this.#chance = chance;
    this.#authors = Array.from({ length: AUTHORS }, () => new Author(chance, seed));
    const edit = () => this.#author().edit();
    const good = () => (chance.hits(0.8) ? edit() : this.#author().state());
    this.#kinds = [
      ['edit', 'taken', 10, edit],
      ['state', 'taken', 1, () => this.#author().state()],
      ['edit after a lost one', 'taken', 3, () => this.#afterLost()],
      ['lost edit, late', 'taken', 2, () => this.#lost.pop() ?? edit()],
      ['edits with a gap', 'taken', 1, () => this.#withGap()],
      ['deletions out of order', 'taken', 1, () => outOfOrder(this.#author().state())],
      ['nothing', 'known', 1, () => EMPTY],
      ['edit in a wrong frame', 'misframed', 1, edit],
      ['second encoding', 'refused', 3, () => Y.convertUpdateFormatV1ToV2(good())],
      ['second encoding of nothing', 'refused', 0.3, () => Y.encodeStateAsUpdateV2(new Y.Doc())],
      ['bytes behind', 'refused', 2, () => join(good(), this.#behind())],
      ['bytes behind nothing', 'refused', 0.5, () => join(EMPTY, this.#behind())],
      ['cut off', 'refused', 3, () => cut(good(), chance)],
      ['flipped bits', 'either', 5, () => flip(good(), chance, 1 + chance.int(3))],
      ['mangled', 'either', 3, () => mangle(good(), chance)],
      ['nonsense', 'either', 1, () => noise(chance, chance.int(40))],
      ...NEVER_WRITTEN.map((make, n): Kind => [`never written ${n}`, 'refused', 0.2, () => make(chance)]),
    ];
  }

  next(): Sent {
    let at = this.#chance.between(
      0,
      this.#kinds.reduce((sum, [, , weight]) => sum + weight, 0),
    );
    const [kind, fate, , make] = this.#kinds.find(([, , weight]) => (at -= weight) < 0) ?? this.#kinds[0]!;
    return { kind, fate, bytes: make() };
  }

  #author(): Author {
    return this.#chance.pick(this.#authors);
  }

  #afterLost(): Uint8Array {
    const author = this.#author();
    this.#lost.push(author.edit());
    return author.edit();
  }

  #withGap(): Uint8Array {
    const author = this.#author();
    const [first, lost, last] = [author.edit(), author.edit(), author.edit()];
    this.#lost.push(lost);
    return Y.mergeUpdates([first, last]);
  }

  #behind(): Uint8Array {
    const chance = this.#chance;
    return chance.pick([
      () => noise(chance, 1 + chance.int(20)),
      () => new Uint8Array(1 + chance.int(12)),
      () => this.#author().edit(),
      () => EMPTY,
    ])();
  }
}

/** The deletions that an update names, as Yrs writes them before it has committed. */
function outOfOrder(update: Uint8Array): Uint8Array {
  const clients = [...Y.decodeUpdate(update).ds.clients];
  const ranges = clients.map(([client, ranges]) => [
    client,
    ranges.length,
    ...ranges.toReversed().flatMap(({ clock, len }) => [clock, len]),
  ]);
  return varints(0, clients.length, ...ranges.flat());
}

function cut(bytes: Uint8Array, chance: Chance): Uint8Array {
  return bytes.slice(0, chance.int(bytes.length));
}
