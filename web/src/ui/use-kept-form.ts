import { useEffect, useState } from 'react';
import type { Draft } from '../drafts/drafts.ts';
import { drafts } from '../drafts/own-drafts.ts';

export interface KeptForm<Fields extends Draft> {
  fields: Fields;
  set: (change: Partial<Fields>) => void;
  /**
   * Back to how the form was at first, unless it was written in since: call it once what is written has got where it
   * belongs, or is not wanted.
   */
  discard: () => void;
}

/**
 * The fields of a form, kept on this device at each keystroke until they are sent or discarded; like `useState` for all
 * that a person can write and that is not in a document.
 * @param place where the draft belongs, by one of the functions in ../drafts/own-drafts.ts
 * @param initial what the fields hold before anything is written
 */
export function useKeptForm<Fields extends Draft>(place: string, initial: Fields): KeptForm<Fields> {
  const [draft, setDraft] = useState<Draft | null>(() => drafts.at(place));
  useEffect(() => {
    const ending = new AbortController();
    void drafts.adopt(place, setDraft, ending.signal);
    return () => ending.abort();
  }, [place]);
  const fields = { ...initial, ...draft };
  return {
    fields,
    set(change) {
      const next = { ...fields, ...change };
      setDraft(next);
      if (isWritten(next, initial)) drafts.keep(place, next);
      else drafts.forget(place);
    },
    discard() {
      if (drafts.at(place) !== draft) return;
      setDraft(null);
      drafts.forget(place);
    },
  };
}

/** Emptied fields are discarded. */
function isWritten(fields: Draft, initial: Draft): boolean {
  return Object.entries(fields).some(([name, text]) => text !== '' && text !== initial[name]);
}
