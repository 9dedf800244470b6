import type { Write } from './history.ts';

/** A broken promise: what was promised to whom, and what is there instead. */
export interface Violation {
  kind: 'lost' | 'doubled' | 'half done' | 'answered twice' | 'not settled' | 'foreign';
  how?: Write['how'];
  document: string;
  what: string;
}

/**
 * Holds what everybody was told against what the document says in the end. What was acknowledged or answered is there
 * once; what never got an answer is there at most once, and whole or not at all. Of commands around a failover it holds
 * only that what was answered is there.
 * @param text the document, with every text that is in it
 */
export function judge(document: string, writes: readonly Write[], text: string): Violation[] {
  const count = (marker: string) => text.split(marker).length - 1;
  const removers = new Map(writes.flatMap((write) => (write.removes ? [[write.removes, write] as const] : [])));

  return writes.flatMap((write): Violation[] => {
    const { by, how, adds, removes, outcome, revisions, mayBeRepeated } = write;
    const found = (kind: Violation['kind'], what: string): Violation[] => [
      { kind, how, document, what: `${how} of ${by} ${what}` },
    ];
    const there = adds === undefined ? 0 : count(adds);
    if (there > 1 && !mayBeRepeated) return found('doubled', `put ${adds} there ${there} times`);
    if (revisions && revisions.size > 1 && !mayBeRepeated)
      return found('answered twice', `with ${adds} was answered with the revisions ${[...revisions].join(' and ')}`);
    if (removes !== undefined && outcome === 'kept' && count(removes))
      return found('lost', `took ${removes} out, and it is there again`);
    const whole = there + (removes === undefined ? 0 : count(removes)) === 1 || mayBeRepeated;
    if (adds !== undefined && removes !== undefined && outcome === 'unknown' && !whole)
      return found(
        'half done',
        `was to put ${adds} in the place of ${removes}, and ${there ? 'both are' : 'neither is'} there`,
      );
    if (adds !== undefined && outcome === 'kept' && !there && !removers.has(adds))
      return found('lost', `put ${adds} there, was told so, and it is gone`);
    return [];
  });
}
