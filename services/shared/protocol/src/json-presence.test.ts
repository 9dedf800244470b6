import { describe, expect, it } from 'vitest';
import { checkPresence, JSON_PRESENCE_LIMITS, jsonPresence } from './index.ts';
import { presenceShapes } from './testing.ts';

const { depth, values, characters } = JSON_PRESENCE_LIMITS;

function nested(levels: number): unknown {
  return levels === 0 ? 1 : { in: nested(levels - 1) };
}

describe('[S54] what clients of an application’s document say of themselves', () => {
  it('is passed on as it is, whatever editor says it', () => {
    const position = { type: null, tname: 'prosemirror', item: { client: 7, clock: 3 }, assoc: 0 };
    const said = {
      cursor: { anchor: position, head: position },
      selection: [0, 1, [2]],
      presence: { chat: '', tool: null, here: true, at: 1.5 },
    };
    expect(jsonPresence(said)).toEqual(said);
  });

  it('is left out field by field where it is too deep, too much or no JSON; what fits beside it stays', () => {
    const wrong = {
      deep: nested(depth + 1),
      many: Array.from({ length: values }, () => 0),
      long: 'x'.repeat(characters),
      ['x'.repeat(characters + 1)]: 1,
      none: undefined,
      infinite: Infinity,
      large: 1n,
      call: () => 1,
      proto: JSON.parse('{"__proto__":{"a":1}}') as unknown,
    };
    expect(jsonPresence({ before: 1, ...wrong, after: 'x' })).toEqual({ before: 1, after: 'x' });
    expect(jsonPresence({ deep: nested(depth) })).toEqual({ deep: nested(depth) });
    expect(jsonPresence({ many: Array.from({ length: values - 2 }, () => 0) })).toHaveProperty('many');
    expect(jsonPresence({ l: 'x'.repeat(characters - 1) })).toHaveProperty('l');
  });

  it('never throws, and says who they are by the pod’s word alone', () => {
    const victim = { client: 7, id: 'victim' };
    const as = { id: 'me', kind: 'human', name: 'Me' } as const;
    for (const { state } of presenceShapes({ victim, canary: 'http://canary', position: {}, items: [] })) {
      const checked = checkPresence(state, { client: 1, schema: jsonPresence, as });
      expect(checked.user).toMatchObject({ id: 'me', kind: 'human' });
      expect(JSON.stringify(checked).length).toBeLessThan(4 * characters);
    }
  });
});
