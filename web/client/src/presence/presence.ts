import { isSameUser, textCursorSchema } from '@syncline/protocol';
import type { CheckedAwareness } from './checked-awareness.ts';

/** Who one says one is. */
export interface User {
  id: string;
  name: string;
  /** `#rrggbb`; left out, one that belongs to the id. */
  color?: string;
}

/** Somebody who has the document open: a person, or an agent at work in it. */
export type Presence = Required<User> & {
  kind: 'human' | 'agent';
  /** Of those who act through the gateway, and of nobody else. */
  activity?: Activity;
};

/** What somebody does in a document who acts on it through the gateway. */
export type Activity =
  | { type: 'reading' }
  | {
      type: 'editing';
      /** The document's revision with what was changed. */
      revision: number;
      /** Ids of what was changed, as commands answer them; of many only the last. */
      changed: string[];
    };

/** Makes of what somebody says of themselves, beside who they are, what may reach the page. It must never throw. */
export type PresenceCheck = (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** For texts that y-prosemirror edits: lets through where somebody's caret is, if it is in the root of this name. */
export const textCursor: (root: string) => PresenceCheck = textCursorSchema;

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
