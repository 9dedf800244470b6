import { describe, expect, it } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { presenceFault, presenceShapes } from '@syncline/protocol/testing';
import { CheckedAwareness } from './checked-awareness.ts';
import { readPresences, textCursor } from './presence.ts';

const POSITION = { type: null, tname: 'document', item: { client: 1, clock: 0 }, assoc: 0 };

/** A page behind a server that checks nothing, and somebody else behind it. */
function twoPeople() {
  const [heard, theirs] = [new Awareness(new Y.Doc()), new Awareness(new Y.Doc())];
  const mine = new CheckedAwareness(heard, textCursor('document'));
  mine.setLocalState({ user: { id: 'me', kind: 'human', name: 'Me', color: '#112233' } });
  let clock = 10;
  const hear = (state: unknown, client = theirs.clientID) => {
    theirs.meta.set(client, { clock: (clock += 10), lastUpdated: 0 });
    const states = new Map(state === null ? [] : [[client, state as Record<string, unknown>]]);
    applyAwarenessUpdate(heard, encodeAwarenessUpdate(theirs, [client], states), 'server');
  };
  const end = () => {
    heard.destroy();
    theirs.destroy();
  };
  return { mine, heard, hear, them: theirs.clientID, end };
}

describe('what is drawn of others', () => {
  it('has been checked, whatever shape it came in', () => {
    const { mine, hear, them, end } = twoPeople();
    const victim = { client: mine.clientID, id: 'me' };
    const shapes = presenceShapes({ victim, canary: 'http://canary.invalid', position: POSITION, items: [] });
    const faults = shapes.flatMap(({ what, state, client }) => {
      hear(state, client);
      const seen = mine.getStates().get(them)! as { user: { id: string; kind: string } };
      const own = JSON.stringify(mine.getLocalState());
      const fault = presenceFault(seen, seen.user);
      return fault || !own.includes('"name":"Me"') ? [`${what}: ${fault} ${own}`] : [];
    });
    expect(faults).toEqual([]);
    end();
  });

  it('has a colour, and goes with them', () => {
    const { mine, hear, end } = twoPeople();
    hear({ user: { id: 'ann', name: 'Ann', color: 'red' } });
    expect(readPresences(mine)).toEqual([
      { id: 'ann', kind: 'human', name: 'Ann', color: expect.stringMatching(/^#[0-9a-f]{6}$/) as string },
    ]);
    hear(null);
    expect(readPresences(mine)).toEqual([]);
    end();
  });

  it('is there for editors that read the property, and listen to updates', () => {
    const { mine, hear, them, end } = twoPeople();
    const seen: unknown[] = [];
    mine.on('update', () => seen.push(mine.states.get(them)?.['user']));
    hear({ user: { id: 'ann', name: 'Ann', color: '#112233' } });
    expect(seen).toEqual([{ id: 'ann', kind: 'human', name: 'Ann', color: '#112233' }]);
    end();
  });

  it('is told of once, when it has changed, and not when only what is left out has', () => {
    const { mine, hear, them, end } = twoPeople();
    const told: unknown[] = [];
    mine.on('change', (change) => told.push(change));
    const user = { id: 'ann', name: 'Ann' };
    hear({ user, cursor: { anchor: POSITION, head: POSITION } });
    hear({ user, cursor: { anchor: POSITION, head: POSITION }, pointer: 1 });
    hear({ user, cursor: { anchor: POSITION, head: {} } });
    expect(told).toEqual([
      { added: [them], updated: [], removed: [] },
      { added: [], updated: [them], removed: [] },
    ]);
    end();
  });

  it('hides nobody, though somebody else goes by their id, or an agent does', () => {
    const { mine, hear, end } = twoPeople();
    hear({ user: { id: 'ann', name: 'Ann' } });
    hear({ user: { id: 'ann', name: 'Impostor' } }, 7);
    hear({ user: { id: 'me', kind: 'agent', name: 'Me too' } }, 8);
    expect(readPresences(mine).map(({ name }) => name)).toEqual(['Ann', 'Impostor', 'Me too']);
    end();
  });
});

it('what we say of ourselves is said again when somebody else has said it', () => {
  const { mine, heard, hear, end } = twoPeople();
  hear({ user: { id: 'me', name: 'Impostor' }, cursor: { anchor: {}, head: null } }, mine.clientID);
  expect(mine.getLocalState()).toEqual({ user: { id: 'me', kind: 'human', name: 'Me', color: '#112233' } });
  // Newer than what it answers, so that all others take it.
  expect(heard.meta.get(mine.clientID)!.clock).toBeGreaterThan(20);
  end();
});
