import { ERRORS, type ErrorCode, Refusal } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { problemOf, refusalOfHttpError } from './problem.ts';

describe('problemOf', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])('%s has its status and title from the one table', (code) => {
    expect(problemOf(new Refusal(code, 'Because.', { current: 'text', status: 'spoofed' }))).toEqual({
      type: `https://syncline.dev/problems/${code}`,
      title: ERRORS[code].title,
      status: ERRORS[code].status,
      detail: 'Because.',
      code,
      current: 'text',
    });
  });
});

describe('refusalOfHttpError', () => {
  it.each<[object, ErrorCode | undefined]>([
    [{ type: 'entity.parse.failed', status: 400 }, 'invalid_request'],
    [{ type: 'charset.unsupported', status: 415 }, 'unsupported_media_type'],
    [{ type: 'encoding.unsupported', status: 415 }, 'unsupported_media_type'],
    [{ type: 'request.aborted', status: 400 }, 'invalid_request'],
    [{ status: 400 }, 'invalid_request'],
    [{}, undefined],
  ])('%j is %s', (members, code) => {
    expect(refusalOfHttpError(Object.assign(new Error('x'), members))?.code).toBe(code);
  });
});
