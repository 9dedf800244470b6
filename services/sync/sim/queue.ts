/** Something to be done at a virtual time. */
export interface Event {
  at: number;
  /** Decides between events of one time; equal ones keep their order. */
  tie: number;
  order: number;
  run: (() => void) | null;
}

/** Events by their time: a binary heap. */
export class EventQueue<E extends Event> {
  readonly #heap: E[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): E | undefined {
    return this.#heap[0];
  }

  push(event: E): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  pop(): E | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || last === first) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  [Symbol.iterator](): Iterator<E> {
    return this.#heap.values();
  }
}

function before(a: Event, b: Event): boolean {
  return (a.at - b.at || a.tie - b.tie || a.order - b.order) < 0;
}
