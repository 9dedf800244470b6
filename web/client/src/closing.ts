import { ERRORS } from '@syncline/protocol';

/** Why the cluster ended a session; each has its close code. */
export type ClosingReason =
  /** 4001: the token is none, or its time is over. */
  | 'unauthorized'
  /** 4003: one may not open the document, or no longer. */
  | 'forbidden'
  /** 4400: what was written cannot be read, or is not allowed. */
  | 'invalid'
  /** 4404: there is no such kind of document, or none may have this name. */
  | 'not_found'
  /** 4409: the server was addressed for another document. */
  | 'wrong_document'
  /** 4413 or 1009: what was written is larger than the server takes. */
  | 'too_large'
  /** 4500: what the cluster has of the document is damaged. */
  | 'unreadable';

/**
 * That the cluster closed a document's socket, and trying again by itself is no use. Codes that have no reason here are
 * passing trouble (draining, full, too much at once, a lost network): the session keeps trying.
 */
export interface Closing {
  code: number;
  reason: ClosingReason;
  /** What the server said, in words for people or for developers. */
  said: string;
  /** What this device has is not taken, and keeps all that comes later from being taken. */
  refused: boolean;
  /** The server does not let us in. */
  shutOut: boolean;
}

/** The WebSocket's own code for a message too big, from the pod or a proxy before it. */
const MESSAGE_TOO_BIG = 1009;

const REASONS = new Map<number, ClosingReason>([
  [ERRORS.unauthorized.closeCode, 'unauthorized'],
  [ERRORS.forbidden.closeCode, 'forbidden'],
  [ERRORS.invalid_request.closeCode, 'invalid'],
  [ERRORS.not_found.closeCode, 'not_found'],
  [ERRORS.wrong_document.closeCode, 'wrong_document'],
  [ERRORS.too_large.closeCode, 'too_large'],
  [MESSAGE_TOO_BIG, 'too_large'],
  [ERRORS.unreadable.closeCode, 'unreadable'],
]);

/** @returns null when trying again by itself is the right answer */
export function closingOf(code: number, said: string): Closing | null {
  const reason = REASONS.get(code);
  if (!reason) return null;
  return {
    code,
    reason,
    said: said.trim(),
    refused: reason === 'invalid' || reason === 'too_large',
    shutOut: reason === 'unauthorized' || reason === 'forbidden',
  };
}

/** For developers: why nothing more is saved. */
export function whyNot({ said, reason }: Closing): string {
  return said || `the cluster closed the document: ${reason}`;
}
