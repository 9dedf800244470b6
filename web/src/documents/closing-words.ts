import type { Closing, ClosingReason } from '@syncline/client';
import type { DocumentAccess } from '../access/document-access.ts';

/** What it means for a person that the server closed a document, and what they can do. */
export interface ClosingWords extends Closing {
  title: string;
  detail: string;
  /** What becomes of what the person wrote, where that is not said in `detail`. */
  kept?: string;
  /** The ways out that make sense; each is a button. */
  waysOut: WayOut[];
  /** The document itself cannot be shown. */
  missing: boolean;
  /** What is written now would stay on this device for good. */
  readOnly: boolean;
}

export type WayOut = 'retry' | 'see' | 'discard' | 'sign_in' | 'home';

type Words = Omit<ClosingWords, keyof Closing | 'missing' | 'readOnly'> &
  Partial<Pick<ClosingWords, 'missing' | 'readOnly'>>;

/** The words for a refusal are shown only when the copy could not be set aside, which is what the session does first. */
const TOO_LARGE: Words = {
  title: 'Too large to save',
  detail:
    'Your last changes are larger than the server accepts, so nobody else sees them. They are still here: copy or download them, then discard them to go on with the shared version.',
  waysOut: ['see', 'discard', 'retry'],
};

const CLOSINGS: Record<Exclude<ClosingReason, 'unauthorized'>, Words> = {
  forbidden: {
    title: 'Access removed',
    detail: 'You may not open this plan, or no longer: ask its owner to share it with you.',
    kept: 'What you wrote and nobody else has yet is kept on this device.',
    waysOut: ['see', 'sign_in', 'retry', 'home'],
    readOnly: true,
  },
  invalid: {
    title: 'A change was refused',
    detail:
      'The server did not take your last changes, so nobody else sees them. They are still here: copy or download them, then discard them to go on with the shared version.',
    waysOut: ['see', 'discard', 'retry'],
  },
  not_found: {
    title: 'No such document',
    detail: 'There is no document under this address. Look at the address for a typing mistake.',
    waysOut: ['home'],
    missing: true,
  },
  unreadable: {
    title: 'This document cannot be read',
    detail: 'What the server has of it is damaged, or was made by a newer version.',
    kept: 'What you wrote and nobody else has yet is kept on this device.',
    waysOut: ['see', 'retry', 'home'],
    readOnly: true,
  },
  wrong_document: {
    title: 'Another document answered',
    detail: 'The server was addressed for a different document. Nothing was lost; load the page again.',
    waysOut: ['retry', 'home'],
  },
  too_large: TOO_LARGE,
};

/** Who is not let in is told what to do by what they came with. */
const NOT_LET_IN: Record<DocumentAccess['by'], Words> = {
  link: {
    title: 'This link no longer works',
    detail: 'It was revoked, its time is over, or a character of it was lost. Ask whoever sent it for a new one.',
    kept: 'What you wrote and nobody else has yet is kept on this device, and is sent when you open the new link here.',
    waysOut: ['see', 'sign_in', 'retry', 'home'],
    readOnly: true,
  },
  sign_in: {
    title: 'Sign in again',
    detail: 'Your sign-in has ended.',
    kept: 'What you write is kept on this device, and sent when you have signed in.',
    waysOut: ['sign_in', 'see', 'home'],
  },
  name: {
    title: 'Sign in to open this plan',
    detail: 'This server lets in whoever was sent a link or has an API key. If you have a link, open it again.',
    waysOut: ['sign_in', 'see', 'home'],
    readOnly: true,
  },
};

/** @param by what the document was opened by */
export function closingWords(closing: Closing, by: DocumentAccess['by']): ClosingWords {
  const { reason, said, shutOut } = closing;
  const isLinkOver = by === 'link' && reason === 'forbidden';
  const words = reason === 'unauthorized' || isLinkOver ? NOT_LET_IN[by] : CLOSINGS[reason];
  // A sentence, that says more than our own words do.
  const isWorthSaying = said.includes(' ') && !shutOut;
  return {
    missing: false,
    readOnly: false,
    ...closing,
    ...words,
    detail: isWorthSaying ? `${said.replace(/[.!]?$/, '.')} ${words.detail}` : words.detail,
  };
}
