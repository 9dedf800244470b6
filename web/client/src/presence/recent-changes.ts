import { isSameUser, type PresentUser } from '@syncline/protocol';
import type { CheckedAwareness } from './checked-awareness.ts';
import { colorOf } from './colors.ts';
import type { Presence } from './presence.ts';

/** How long a change counts as recent, from when this page has heard of it. */
const RECENT_MS = 5_000;

/** Who has changed which places just now: ids of steps, anchors of blocks. */
export type RecentChanges = ReadonlyMap<string, Presence>;

/**
 * Follows what others have changed through the gateway, a moment ago and within sight: not what they did before one
 * began to look.
 * @returns what ends it
 */
export function followChanges(awareness: CheckedAwareness, onChange: (changes: RecentChanges) => void): () => void {
  const places = new Map<string, Presence>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const heard = new Map([...awareness.getStates()].map(([client, state]) => [client, revisionOf(userIn(state))]));
  const tell = () => onChange(new Map(places));

  const take = (client: number): boolean => {
    const user = userIn(awareness.getStates().get(client));
    const activity = user?.activity;
    if (activity?.type !== 'editing' || activity.revision <= (heard.get(client) ?? 0)) return false;
    heard.set(client, activity.revision);
    const own = userIn(awareness.getLocalState());
    if (own && isSameUser(user!, own)) return false;
    const by = { ...user!, color: colorOf(user!.id) };
    for (const place of activity.changed) places.set(place, by);
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (const place of activity.changed) if (places.get(place) === by) places.delete(place);
      tell();
    }, RECENT_MS);
    timers.add(timer);
    return activity.changed.length > 0;
  };
  const listener = ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }) => {
    for (const client of removed) heard.delete(client);
    if ([...added, ...updated].map(take).includes(true)) tell();
  };

  awareness.on('change', listener);
  return () => {
    awareness.off('change', listener);
    for (const timer of timers) clearTimeout(timer);
  };
}

function userIn(state: Record<string, unknown> | null | undefined): PresentUser | undefined {
  return state?.['user'] as PresentUser | undefined;
}

function revisionOf(user: PresentUser | undefined): number {
  return user?.activity?.type === 'editing' ? user.activity.revision : 0;
}
