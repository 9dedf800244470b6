import { isSameUser, type PresentUser } from '@syncline/protocol';
import type { CheckedAwareness } from './checked-awareness.ts';

/** Somebody who has the document open: a person, or an agent at work in it. */
export type Presence = Omit<PresentUser, 'color'> & { color: string };

/** Everyone else in the document, once each however many tabs they have open, people before agents. */
export function readPresences(awareness: CheckedAwareness): Presence[] {
  const own = awareness.getLocalState()?.['user'] as Presence | undefined;
  const byKey = new Map<string, Presence>();
  for (const state of awareness.getStates().values()) {
    const user = state['user'] as Presence | undefined;
    if (user && !(own && isSameUser(user, own))) byKey.set(keyOf(user), busier(byKey.get(keyOf(user)), user));
  }
  return [...byKey.values()].toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** By the name too: where anybody may say who they are, nobody is to be hidden behind another's id. */
export function keyOf({ kind, id, name }: Presence): string {
  return `${kind}:${id}:${name}`;
}

/** Whoever acts through several pods, or has the document open as well, does what is most. */
function busier(one: Presence | undefined, other: Presence): Presence {
  return one && busyness(one) > busyness(other) ? one : other;
}

function busyness({ activity }: Presence): number {
  if (!activity) return -1;
  return activity.type === 'editing' ? activity.revision : 0;
}

function rank({ kind }: Presence): number {
  return kind === 'human' ? 0 : 1;
}
