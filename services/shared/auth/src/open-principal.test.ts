import { Refusal } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { nameAgent, openPrincipal, principalOfSocket } from './open-principal.ts';

function refusalOf(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('openPrincipal', () => {
  it('takes an agent by its name', () => {
    expect(openPrincipal({ 'x-agent': 'Claude Code' })).toEqual({
      type: 'agent',
      id: 'Claude Code',
      name: 'Claude Code',
    });
  });

  it('takes a person by id and percent-encoded name', () => {
    expect(openPrincipal({ 'x-person-id': 'p1', 'x-person-name': 'Zo%C3%AB' })).toEqual({
      type: 'person',
      id: 'p1',
      name: 'Zoë',
    });
    expect(openPrincipal({ 'x-person-id': 'p1' }).name).toBe('Anonymous');
  });

  it('leaves a caller without headers anonymous, until its program is known', () => {
    expect(openPrincipal({})).toEqual({ type: 'agent', id: 'anonymous', name: 'Anonymous agent' });
    expect(nameAgent(openPrincipal({}), 'cursor').id).toBe('cursor');
    expect(nameAgent(openPrincipal({}), 'bad\nname').id).toBe('anonymous');
    expect(nameAgent(openPrincipal({ 'x-agent': 'a' }), 'cursor').id).toBe('a');
  });

  it.each([
    [{ 'x-agent': '' }, 'X-Agent'],
    [{ 'x-agent': '50%' }, 'X-Agent'],
    [{ 'x-agent': 'a%0Ab' }, 'X-Agent'],
    [{ 'x-agent': 'Zo\u00eb' }, 'X-Agent'],
    [{ 'x-agent': 'a'.repeat(129) }, 'X-Agent'],
    [{ 'x-agent': 'a', 'x-person-id': 'p' }, 'X-Agent'],
    [{ 'x-agent': ['a', 'b'] }, 'X-Agent'],
    [{ 'x-person-id': 'a:b' }, 'X-Person-Id'],
    [{ 'x-person-name': 'Ann' }, 'X-Person-Name'],
    [{ 'x-person-id': 'p', 'x-person-name': '%ff' }, 'X-Person-Name'],
  ])('refuses %j by naming the header', (headers, name) => {
    const refusal = refusalOf(() => openPrincipal(headers));
    expect(refusal.code).toBe('invalid_request');
    expect(refusal.message).toContain(name);
  });
});

describe('principalOfSocket', () => {
  it('reads tokens with and without a name, and none', () => {
    expect(principalOfSocket('')).toEqual({ type: 'person', id: 'anonymous', name: 'Anonymous' });
    expect(principalOfSocket('person:p1')).toEqual({ type: 'person', id: 'p1', name: 'Anonymous' });
    expect(principalOfSocket('person:p1:Ann%3A%20Zo%C3%AB')).toEqual({ type: 'person', id: 'p1', name: 'Ann: Zoë' });
  });

  it('[A15] takes who brings no token for whom the headers name', () => {
    expect(principalOfSocket('', { 'x-agent': 'Claude' })).toEqual({ type: 'agent', id: 'Claude', name: 'Claude' });
    expect(principalOfSocket('', { 'x-person-id': 'p1' })).toEqual({ type: 'person', id: 'p1', name: 'Anonymous' });
    expect(principalOfSocket('', { 'x-api-key': 'k' })).toEqual({ type: 'person', id: 'anonymous', name: 'Anonymous' });
    expect(principalOfSocket('person:p2', { 'x-agent': 'Claude' })).toMatchObject({ type: 'person', id: 'p2' });
    expect(refusalOf(() => principalOfSocket('', { 'x-person-name': 'Ann' })).code).toBe('invalid_request');
  });

  const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
  it.each([
    'super-secret-token',
    JWT,
    'p1',
    'agent:p1',
    'person:',
    'person:p1:',
    'person:p1:a:b',
    'person:p 1',
    'person:p1:%',
    '\0\n\ud800',
    'x'.repeat(16_384),
  ])('[A15] takes whoever brings %j for an anonymous person of their own, and keeps nothing of it', (token) => {
    const principal = principalOfSocket(token);
    expect(principal).toEqual({
      type: 'person',
      id: expect.stringMatching(/^anonymous-[0-9a-f]{16}$/),
      name: 'Anonymous',
    });
    expect(principalOfSocket(token)).toEqual(principal);
    expect(principalOfSocket(`${token.slice(1)}!`).id).not.toBe(principal.id);
  });

  it('refuses a token that is longer than any', () => {
    expect(refusalOf(() => principalOfSocket('x'.repeat(16_385))).code).toBe('unauthorized');
  });
});
