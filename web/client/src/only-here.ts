/**
 * What was written here and exists in this tab alone: the page asks before it closes exactly while there is such a
 * document.
 */
import type { Link } from './link.ts';

/** A document of which this tab has the only copy of something. */
export interface OnlyHere {
  /** `<kind>:<id>` */
  readonly name: string;
  readonly title: string;
}

let documents: readonly OnlyHere[] = [];
const listeners = new Set<() => void>();

/**
 * Whether closing the tab would lose something that was written in it: the server has not acknowledged it, and the
 * device does not keep it or has not yet said whether it does.
 */
export function isOnlyHere({ isUnsent, device }: Pick<Link, 'isUnsent' | 'device'>): boolean {
  return isUnsent && device !== 'kept';
}

/** Notes that something of a document is only here, until it is no longer {@link keptElsewhere}. */
export function onlyHere(only: OnlyHere): void {
  if (!documents.includes(only)) set([...documents, only]);
}

/** Notes that nothing of a document is only here, or that the person gave it up. */
export function keptElsewhere(only: OnlyHere): void {
  if (documents.includes(only)) set(documents.filter((other) => other !== only));
}

/** The documents of which something is only here. */
export function documentsOnlyHere(): readonly OnlyHere[] {
  return documents;
}

/** Calls back when {@link documentsOnlyHere} are others, until told to stop. */
export function onOnlyHere(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: readonly OnlyHere[]): void {
  documents = next;
  // A page that always listens is never kept for going back and forth.
  if (documents.length > 0) globalThis.window?.addEventListener('beforeunload', ask);
  else globalThis.window?.removeEventListener('beforeunload', ask);
  for (const listener of listeners) listener();
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
