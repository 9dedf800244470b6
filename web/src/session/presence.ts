import { useEffect, useState } from 'react';
import type { Awareness } from 'y-protocols/awareness';

/** Somebody who has the document open: a person, or an agent at work in it. */
export interface Presence {
  id: string;
  name: string;
  color: string;
  kind: 'human' | 'agent';
}

/** Everyone else in the document, once each however many tabs they have open, people before agents. */
export function usePresences(awareness: Awareness): Presence[] {
  const [presences, setPresences] = useState(() => readPresences(awareness));
  useEffect(() => {
    const refresh = () =>
      setPresences((before) => {
        const now = readPresences(awareness);
        return JSON.stringify(now) === JSON.stringify(before) ? before : now;
      });
    refresh();
    awareness.on('change', refresh);
    return () => awareness.off('change', refresh);
  }, [awareness]);
  return presences;
}

export function readPresences(awareness: Awareness): Presence[] {
  const me = awareness.getLocalState()?.['user'] as { id?: string } | undefined;
  const byId = new Map<string, Presence>();
  for (const [clientId, state] of awareness.getStates()) {
    const presence = presenceOf(clientId, state['user']);
    if (presence && presence.id !== me?.id) byId.set(presence.id, presence);
  }
  return [...byId.values()].toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** What other clients say of themselves is checked before it is drawn: a colour goes into a style attribute. */
function presenceOf(clientId: number, user: unknown): Presence | null {
  if (typeof user !== 'object' || user === null) return null;
  const { id, name, color, kind } = user as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') return null;
  return {
    id: typeof id === 'string' && id !== '' ? id : String(clientId),
    name: name.slice(0, 60),
    color: typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? color : '#5c5f66',
    kind: kind === 'agent' ? 'agent' : 'human',
  };
}

function rank({ kind }: Presence): number {
  return kind === 'human' ? 0 : 1;
}
