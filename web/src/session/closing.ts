import { ERRORS } from '@syncline/protocol';

/**
 * What it means for a person that the server closed a document's socket. Codes that are not listed here are passing
 * trouble (draining, full, too much at once, a lost network): the session keeps trying.
 */
export interface Closing {
  code: number;
  title: string;
  detail: string;
  /** The ways out that make sense; each is a button. */
  waysOut: WayOut[];
  /** The document itself cannot be shown. */
  missing: boolean;
  /** What this device has is not taken, and keeps all that comes later from being taken. */
  refused: boolean;
  /** What the server said. */
  said: string;
}

export type WayOut = 'retry' | 'see' | 'discard' | 'home';

type Known = Omit<Closing, 'code' | 'said' | 'missing' | 'refused'> & Partial<Pick<Closing, 'missing' | 'refused'>>;

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
  [ERRORS.unauthorized.closeCode]: {
    title: 'Not let in',
    detail: 'The server does not know you. What you wrote is kept on this device; sign in again, then try once more.',
    waysOut: ['retry', 'home'],
  },
  [ERRORS.forbidden.closeCode]: {
    title: 'Access removed',
    detail: 'You may no longer open this document. Ask its owner to share it with you again.',
    waysOut: ['retry', 'home'],
  },
  [ERRORS.invalid_request.closeCode]: {
    title: 'A change was refused',
    detail:
      'The server could not read your last changes, so nobody else sees them. They are still here: copy or download them, then discard them to go on with the shared version.',
    waysOut: ['see', 'discard', 'retry'],
    refused: true,
  },
  [ERRORS.not_found.closeCode]: {
    title: 'No such document',
    detail: 'There is no document under this address. Look at the address for a typing mistake.',
    waysOut: ['home'],
    missing: true,
  },
  [ERRORS.wrong_document.closeCode]: {
    title: 'Another document answered',
    detail: 'The server was addressed for a different document. Nothing was lost; load the page again.',
    waysOut: ['retry', 'home'],
  },
  [ERRORS.too_large.closeCode]: TOO_LARGE,
  [MESSAGE_TOO_BIG]: TOO_LARGE,
};

/**
 * @param reason what the server said, shown in place of our own words when it is a sentence
 * @returns null when trying again by itself is the right answer
 */
export function closingOf(code: number, reason: string): Closing | null {
  const closing = CLOSINGS[code];
  if (!closing) return null;
  const said = reason.trim();
  return {
    code,
    said,
    missing: false,
    refused: false,
    ...closing,
    detail: said.includes(' ') ? `${said.replace(/[.!]?$/, '.')} ${closing.detail}` : closing.detail,
  };
}
