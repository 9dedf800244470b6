import { ERRORS, Refusal, RETRYABLE } from '@syncline/protocol';
import type { Response } from 'express';

/** Where the `type` of every problem points. */
export const PROBLEMS = 'https://syncline.dev/problems/';
const OWN_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'code', 'instance']);

/** A refusal as RFC 9457 spells it; what the refusal carries beside its code (`errors`, current text, …) is added. */
export function problemOf(refusal: Refusal): Record<string, unknown> & { status: number } {
  const { status, title } = ERRORS[refusal.code];
  const extra = Object.fromEntries(Object.entries(refusal.extra).filter(([name]) => !OWN_MEMBERS.has(name)));
  return { type: PROBLEMS + refusal.code, title, status, detail: refusal.message, code: refusal.code, ...extra };
}

/** Answers with a problem. */
export function sendProblem(res: Response, refusal: Refusal, retryAfterSeconds: number): void {
  const problem = problemOf(refusal);
  const { retry_after: known } = refusal.extra;
  if (RETRYABLE.has(refusal.code)) res.set('Retry-After', String(known ?? retryAfterSeconds));
  if (refusal.code === 'unauthorized') res.set('WWW-Authenticate', 'Bearer');
  if (refusal.code === 'draining') res.set('Connection', 'close');
  res
    .status(problem.status)
    .set({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(problem));
}

/** What express and its body parser throw, as refusals; null for what is neither's. */
export function refusalOfHttpError(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error)) return null;
  const { type, status } = error as { type?: string; status?: number };
  switch (type) {
    case 'entity.parse.failed':
      return new Refusal('invalid_request', `The body is not valid JSON: ${error.message}.`);
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Refusal('unsupported_media_type', `The body is not read: ${error.message}. Send UTF-8.`);
    case 'request.aborted':
    case 'request.size.invalid':
    case 'entity.verify.failed':
      return new Refusal('invalid_request', `The body did not arrive whole: ${error.message}.`);
  }
  if (error instanceof URIError || (status === 400 && error.message.startsWith('Failed to decode')))
    return new Refusal('invalid_request', 'The address is not valid percent-encoding.');
  if (status === 400) return new Refusal('invalid_request', `The request could not be read: ${error.message}.`);
  return null;
}
