import { DEFAULT_WORKSPACE } from '@syncline/protocol';
import { accessTo } from '../access/document-access.ts';
import { signedIn } from '../access/kept.ts';
import { Drafts } from './drafts.ts';
import { currentPerson } from '../person/person.ts';
import { randomId } from '../person/random-id.ts';

const PAGE = 'syncline:page';
const page = randomId();

/** The drafts of this page. */
export const drafts = new Drafts({
  page,
  formerPage: formerPage(),
  storage: () => localStorage,
  locks: navigator.locks,
});

window.addEventListener('storage', ({ key, newValue }) => {
  if (key !== null && newValue === null) drafts.onRemoved(key);
});
window.addEventListener('beforeunload', (event) => {
  if (drafts.isUnkept) event.preventDefault();
});

/** A tab remembers which page it shows; a tab that is a copy of another begins with that one's. */
function formerPage(): string | null {
  try {
    const former = sessionStorage.getItem(PAGE);
    sessionStorage.setItem(PAGE, page);
    return former;
  } catch {
    // Forbidden storage: nothing was left there.
    return null;
  }
}

/** Where a form's draft belongs that is the person's own, whatever they have open. */
export function placeOfPerson(form: string): string {
  return `u:${currentPerson().id}:${form}`;
}

/** Where a form's draft belongs that is about the workspace one has signed in to. */
export function placeInWorkspace(form: string): string {
  return placeOfPerson(`${signedIn()?.claims.workspace ?? DEFAULT_WORKSPACE}/${form}`);
}

/** Where a form's draft belongs that is about a document; like the document's copy on this device. */
export function placeInDocument(document: string, form: string): string {
  return placeOfPerson(`d:${accessTo(document).workspace}/${document}/${form}`);
}
