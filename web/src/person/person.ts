import { colorOf } from '@syncline/client';
import { useSyncExternalStore } from 'react';
import { MAX_PRESENT_NAME, presentName } from '@syncline/protocol';
import { randomId } from './random-id.ts';

/** Who sits at this browser, as far as open mode knows: an id made up once, and a name that can be changed. */
export interface Person {
  id: string;
  name: string;
  color: string;
}

const ADJECTIVES = ['Calm', 'Bright', 'Gentle', 'Keen', 'Lucky', 'Merry', 'Quiet', 'Swift', 'Warm', 'Wise'];
const ANIMALS = ['Heron', 'Otter', 'Lynx', 'Finch', 'Badger', 'Crane', 'Marten', 'Plover', 'Seal', 'Wren'];
const KEY = 'syncline:person';
export const MAX_NAME_LENGTH = MAX_PRESENT_NAME;

const listeners = new Set<() => void>();
let current: Person | null = null;

export function currentPerson(): Person {
  current ??= storedPerson() ?? keep({ id: randomId(), name: `${pick(ADJECTIVES)} ${pick(ANIMALS)}` });
  return current;
}

/** Changes the name that others see; an empty one is ignored. */
export function rename(name: string): void {
  const trimmed = presentName(name);
  if (trimmed === '' || trimmed === currentPerson().name) return;
  current = keep({ id: currentPerson().id, name: trimmed });
  for (const listener of listeners) listener();
}

export function onPersonChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePerson(): Person {
  return useSyncExternalStore(onPersonChange, currentPerson);
}

/** What a socket's Authentication frame says in open mode. */
export function socketToken(): string {
  const { id, name } = currentPerson();
  return `person:${id}:${encodeURIComponent(name)}`;
}

function storedPerson(): Person | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return null;
    const { id, name } = stored as Partial<Person>;
    if (typeof id !== 'string' || !/^[A-Za-z0-9]{8,32}$/.test(id) || typeof name !== 'string' || name === '')
      return null;
    return { id, name: presentName(name) || 'Anonymous', color: colorOf(id) };
  } catch {
    // Unreadable or forbidden storage: a new person for this visit.
    return null;
  }
}

function keep(person: { id: string; name: string }): Person {
  try {
    localStorage.setItem(KEY, JSON.stringify(person));
  } catch {
    // Without storage the person lasts as long as the tab.
  }
  return { ...person, color: colorOf(person.id) };
}

function pick(words: string[]): string {
  return words[crypto.getRandomValues(new Uint32Array(1))[0]! % words.length]!;
}
