export interface PlacesOptions<T> {
  /** How many there are, at least 1. */
  limit: number;
  /** What their holders may have sent, all together. */
  maxBytes: number;
  /** Has to give up its place, which is free when this returns. */
  onCrowdedOut: (item: T) => void;
}

/**
 * A bounded number of places for what comes from outside and has not shown yet what it is worth. A newcomer always gets
 * one: when all are taken, the address that holds most gives up its oldest. So whoever takes them all shuts out nobody,
 * neither from another address nor, where that is a proxy's, from the same.
 */
export class Places<T> {
  readonly #options: PlacesOptions<T>;
  readonly #places = new Map<T, Place>();
  /** What each address holds, oldest first. */
  readonly #held = new Map<string, Set<T>>();

  constructor(options: PlacesOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#places.size;
  }

  /**
   * Gives `item` a place; one that has a place already begins anew.
   * @param sent what it has sent since, in bytes
   */
  take(item: T, address: string, sent: () => number): void {
    this.leave(item);
    if (this.size >= this.#options.limit) this.crowdOut();
    const network = networkOf(address);
    this.#places.set(item, { network, sent });
    const held = this.#held.get(network);
    if (held) held.add(item);
    else this.#held.set(network, new Set([item]));
  }

  /** @returns whether it had a place */
  leave(item: T): boolean {
    const { network } = this.#places.get(item) ?? {};
    if (network === undefined) return false;
    this.#places.delete(item);
    const held = this.#held.get(network)!;
    held.delete(item);
    if (held.size === 0) this.#held.delete(network);
    return true;
  }

  /** Makes one place free. @returns false when none was taken */
  crowdOut(): boolean {
    return this.#crowdOut(({ size }) => size);
  }

  /** Makes places free until what was sent is within its bound. To be called all the time: nobody says when they send. */
  weigh(): void {
    const sent = (items: Iterable<T>) => {
      let bytes = 0;
      for (const item of items) bytes += this.#places.get(item)!.sent();
      return bytes;
    };
    while (sent(this.#places.keys()) > this.#options.maxBytes) this.#crowdOut(sent);
  }

  /** Frees the oldest place of the address that holds most. */
  #crowdOut(amount: (held: Set<T>) => number): boolean {
    let most: { held: Set<T>; amount: number } | null = null;
    for (const held of this.#held.values()) {
      const now = { held, amount: amount(held) };
      if (!most || now.amount > most.amount) most = now;
    }
    if (!most) return false;
    const [oldest] = most.held;
    this.#options.onCrowdedOut(oldest!);
    this.leave(oldest!);
    return true;
  }
}

interface Place {
  network: string;
  sent: () => number;
}

/** What counts as one address: of IPv6 the /64 that one customer gets, else one machine would have them without end. */
function networkOf(address: string): string {
  const v4 = /\d+\.\d+\.\d+\.\d+$/.exec(address);
  if (v4) return v4[0];
  const [head = '', tail] = address.split('::');
  const groups = head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? [] : tail.split(':');
    while (groups.length + behind.length < 8) groups.push('0');
    groups.push(...behind);
  }
  return groups.slice(0, 4).join(':');
}
