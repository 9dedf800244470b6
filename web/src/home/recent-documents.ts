import { parseDocumentName } from '@syncline/protocol';
import { currentPerson } from '../person/person.ts';

/** A document that was opened in this browser, and so can be opened without the server. */
export interface RecentDocument {
  document: string;
  title: string;
  openedAt: number;
}

const MAX_RECENT = 20;
const key = () => `syncline:recent:${currentPerson().id}`;

export function recentDocuments(): RecentDocument[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key()) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isRecent) : [];
  } catch {
    // Unreadable storage: nothing is known to be on the device.
    return [];
  }
}

export function rememberDocument(document: string, title: string): void {
  const others = recentDocuments().filter((recent) => recent.document !== document);
  const recents = [{ document, title, openedAt: Date.now() }, ...others].slice(0, MAX_RECENT);
  try {
    localStorage.setItem(key(), JSON.stringify(recents));
  } catch {
    // Full or forbidden storage costs the offline list, not the document.
  }
}

function isRecent(value: unknown): value is RecentDocument {
  const { document, title, openedAt } = (value ?? {}) as Partial<RecentDocument>;
  return (
    typeof document === 'string' &&
    parseDocumentName(document) !== null &&
    typeof title === 'string' &&
    typeof openedAt === 'number'
  );
}
