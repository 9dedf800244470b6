/** How a step lies in its Y.Map entry, read so that nothing a peer wrote can break a reader. */
import type { Step } from '@syncline/protocol';
import * as Y from 'yjs';
import { planRoots } from './roots.ts';
import { readLine, readText } from '../text.ts';

export interface StepEntry {
  id: string;
  map: Y.Map<unknown>;
  order: string;
}

/**
 * The steps that are not removed, in order: by `order`, equal ones by id (M3).
 * @param also the ids of removed ones that are wanted all the same
 */
export function stepEntries(doc: Y.Doc, also?: ReadonlySet<string>): StepEntry[] {
  const entries: StepEntry[] = [];
  for (const [id, map] of planRoots(doc).steps) {
    if (!(map instanceof Y.Map) || (map.get('removed') === true && !also?.has(id))) continue;
    const order = map.get('order');
    entries.push({ id, map, order: typeof order === 'string' ? order : '' });
  }
  return entries.sort((a, b) => compare(a.order, b.order) || compare(a.id, b.id));
}

/** {@link stepEntries} as plain data. */
export function readSteps(doc: Y.Doc, also?: ReadonlySet<string>): Step[] {
  return stepEntries(doc, also).map(readStep);
}

/** A step as plain data; what is missing or of a wrong type reads as its default. */
export function readStep({ id, map }: { id: string; map: Y.Map<unknown> }): Step {
  return {
    id,
    title: readLine(map, 'title'),
    done: map.get('done') === true,
    note: readText(map, 'note').trim(),
    assignee: text(map.get('assignee')),
  };
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** By UTF-16 code unit, the order in which fractional indexes are made. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
