import type { Awareness } from 'y-protocols/awareness';
import type { World } from '../world.ts';
import { idOf } from '../watch.ts';

/** Whom everybody sees: those who are there, and nobody else. */
export function checkPresence(world: World, when: string): void {
  each(world, (who, awareness, present) => {
    for (const id of awareness.states.keys())
      if (!present.has(id)) world.judge.note(`S22: ${who} still sees ${labelOf(world, id)}, who is gone, ${when}`);
    for (const id of present)
      if (!awareness.states.has(id)) world.judge.note(`S22: ${who} does not see ${labelOf(world, id)}, ${when}`);
  });
}

/** Nobody sees one who has just left. */
export function checkGone(world: World, id: number): void {
  each(world, (who, awareness) => {
    if (awareness.states.has(id))
      world.judge.note(`S22: ${who} still sees ${labelOf(world, id)} a second after it left`);
  });
}

function each(world: World, look: (who: string, awareness: Awareness, present: Set<number>) => void): void {
  for (const [document] of world.truth) {
    const clients = world.clients.filter((client) => client.synced && idOf(client.name) === document);
    const present = new Set(clients.map(({ id }) => id));
    for (const { owner, pod } of world.nodes)
      for (const room of pod?.loaded ?? [])
        if (room.id === document) look(owner.name, room.document.awareness, present);
    for (const client of clients) look(client.label, client.awareness, present);
  }
}

function labelOf(world: World, id: number): string {
  return world.clients.find((client) => client.id === id)?.label ?? String(id);
}
