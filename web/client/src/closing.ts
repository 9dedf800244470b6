import { ERRORS } from '@syncline/protocol';
import type { DocumentAccess } from '../../src/access/document-access.ts';

/**
 * What it means for a person that the server closed a document's socket. Codes that are not listed here are passing
 * trouble (draining, full, too much at once, a lost network): the session keeps trying.
 */
export interface Closing {
  code: number;
  title: string;
  detail: string;
  /** What becomes of what the person wrote, where that is not said in `detail`. */
  kept?: string;
  /** The ways out that make sense; each is a button. */
  waysOut: WayOut[];
  /** The document itself cannot be shown. */
  missing: boolean;
  /** What this device has is not taken, and keeps all that comes later from being taken. */
  refused: boolean;
  /** The server does not let us in. */
  shutOut: boolean;
  /** What is written now would stay on this device for good. */
  readOnly: boolean;
  /** What the server said. */
  said: string;
}

export type WayOut = 'retry' | 'see' | 'discard' | 'sign_in' | 'home';

type Flag = 'missing' | 'refused' | 'shutOut' | 'readOnly';
type Known = Omit<Closing, 'code' | 'said' | Flag> & Partial<Pick<Closing, Flag>>;

/** The WebSocket's own code for a message too big, from the pod or a proxy before it. */
const MESSAGE_TOO_BIG = 1009;

/** The words for a refusal are shown only when the copy could not be set aside, which is what the session does first. */
const TOO_LARGE: Known = {
  title: 'Too large to save',
  detail:
    'Your last changes are larger than the server accepts, so nobody else sees them. They are still here: copy or download them, then discard them to go on with the shared version.',
  waysOut: ['see', 'discard', 'retry'],
  refused: true,
};

const CLOSINGS: Record<number, Known> = {
  [ERRORS.forbidden.closeCode]: {
    title: 'Access removed',
    detail: 'You may not open this plan, or no longer: ask its owner to share it with you.',
    kept: 'What you wrote and nobody else has yet is kept on this device.',
    waysOut: ['see', 'sign_in', 'retry', 'home'],
    shutOut: true,
    readOnly: true,
  },
  [ERRORS.invalid_request.closeCode]: {
    title: 'A change was refused',
    detail:
      'The server did not take your last changes, so nobody else sees them. They are still here: copy or download them, then discard them to go on with the shared version.',
    waysOut: ['see', 'discard', 'retry'],
    refused: true,
  },
  [ERRORS.not_found.closeCode]: {
    title: 'No such document',
    detail: 'There is no document under this address. Look at the address for a typing mistake.',
    waysOut: ['home'],
    missing: true,
  },
  [ERRORS.unreadable.closeCode]: {
    title: 'This document cannot be read',
    detail: 'What the server has of it is damaged, or was made by a newer version.',
    kept: 'What you wrote and nobody else has yet is kept on this device.',
    waysOut: ['see', 'retry', 'home'],
    readOnly: true,
  },
  [ERRORS.wrong_document.closeCode]: {
    title: 'Another document answered',
    detail: 'The server was addressed for a different document. Nothing was lost; load the page again.',
    waysOut: ['retry', 'home'],
  },
  [ERRORS.too_large.closeCode]: TOO_LARGE,
  [MESSAGE_TOO_BIG]: TOO_LARGE,
};

/** Who is not let in is told what to do by what they came with. */
const NOT_LET_IN: Record<DocumentAccess['by'], Known> = {
  link: {
    title: 'This link no longer works',
    detail: 'It was revoked, its time is over, or a character of it was lost. Ask whoever sent it for a new one.',
    kept: 'What you wrote and nobody else has yet is kept on this device, and is sent when you open the new link here.',
    waysOut: ['see', 'sign_in', 'retry', 'home'],
    shutOut: true,
    readOnly: true,
  },
  sign_in: {
    title: 'Sign in again',
    detail: 'Your sign-in has ended.',
    kept: 'What you write is kept on this device, and sent when you have signed in.',
    waysOut: ['sign_in', 'see', 'home'],
    shutOut: true,
  },
  name: {
    title: 'Sign in to open this plan',
    detail: 'This server lets in whoever was sent a link or has an API key. If you have a link, open it again.',
    waysOut: ['sign_in', 'see', 'home'],
    shutOut: true,
    readOnly: true,
  },
};

function closingFor(code: number, by: DocumentAccess['by']): Known | undefined {
  const { unauthorized, forbidden } = ERRORS;
  const isLinkOver = by === 'link' && code === forbidden.closeCode;
  return code === unauthorized.closeCode || isLinkOver ? NOT_LET_IN[by] : CLOSINGS[code];
}

/**
 * @param reason what the server said, shown before our own words when it is a sentence and says more than they do
 * @param by what the document was opened by
 * @returns null when trying again by itself is the right answer
 */
export function closingOf(code: number, reason: string, by: DocumentAccess['by']): Closing | null {
  const closing = closingFor(code, by);
  if (!closing) return null;
  const said = reason.trim();
  const isWorthSaying = said.includes(' ') && !closing.shutOut;
  return {
    code,
    said,
    missing: false,
    refused: false,
    shutOut: false,
    readOnly: false,
    ...closing,
    detail: isWorthSaying ? `${said.replace(/[.!]?$/, '.')} ${closing.detail}` : closing.detail,
  };
}
