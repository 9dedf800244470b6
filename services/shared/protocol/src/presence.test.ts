import { describe, expect, it } from 'vitest';
import { presenceFault, presenceShapes } from './testing.ts';
import { checkPresence, presentName, textCursorSchema } from './presence.ts';

const POSITION = { type: null, tname: 'document', item: { client: 5, clock: 2 }, assoc: -1 };
const CONTEXT = {
  victim: { client: 9, id: 'ann' },
  canary: 'http://canary.invalid',
  position: POSITION,
  items: [{ client: 5, clock: 0 }],
};
const schema = textCursorSchema('document');
const as = { id: 'raw', kind: 'human', name: 'Raw' } as const;
const check = (state: unknown) => checkPresence(state, { client: 3, schema, as });

describe('what a client says of itself', () => {
  const shapes = presenceShapes(CONTEXT);
  it('comes in at least 200 shapes', () => expect(shapes.length).toBeGreaterThanOrEqual(200));

  it.each(shapes)('$what: becomes a person of the pod’s id, and a caret or none', ({ state }) => {
    const checked = JSON.parse(JSON.stringify(check(JSON.parse(JSON.stringify(state ?? {}))))) as unknown;
    expect(presenceFault(checked, as)).toBe('');
    expect(check(checked)).toEqual(checked);
  });

  it('keeps a caret as y-prosemirror sends it, and what is right beside what is wrong', () => {
    const cursor = { anchor: POSITION, head: { ...POSITION, item: null, type: { client: 1, clock: 0 } } };
    const user = { id: 'ann', name: 'Ann', color: '#30BCED', kind: 'agent', avatar: 'x' };
    expect(check({ user, cursor, selection: 1 })).toEqual({
      user: { id: 'raw', name: 'Ann', color: '#30BCED', kind: 'human' },
      cursor,
    });
    expect(check({ user, cursor: { anchor: POSITION, head: {} } })).toEqual({
      user: { id: 'raw', name: 'Ann', color: '#30BCED', kind: 'human' },
    });
  });

  it('is bounded by another kind’s schema, where there is one', () => {
    const any = checkPresence({ pointer: { x: 1 }, user: 1 }, { client: 3, schema: (fields) => ({ ...fields }), as });
    expect(any).toEqual({ pointer: { x: 1 }, user: as });
  });

  it('is believed of its id and kind only where a pod has stamped them, and is told apart where none has', () => {
    const told = (user: unknown) => checkPresence({ user }, { client: 3, schema }).user;
    expect(told({ id: 'ann', kind: 'agent', name: 'A' })).toEqual({ id: 'ann', kind: 'agent', name: 'A' });
    for (const id of [undefined, '', 7, 'x'.repeat(129)]) expect(told({ id, kind: 'x' })).toMatchObject({ id: '3' });
  });
});

describe('what somebody does who acts through the gateway', () => {
  const activityOf = (activity: unknown, known?: typeof as) =>
    checkPresence({ user: { id: 'x', activity }, activity }, { client: 3, schema, as: known }).user.activity;

  it.each([
    ['reading', { type: 'reading', since: 1 }, { type: 'reading' }],
    [
      'editing',
      { type: 'editing', revision: 7, changed: ['a', 'b'], x: 1 },
      { type: 'editing', revision: 7, changed: ['a', 'b'] },
    ],
    [
      'editing much, and what has no name',
      {
        type: 'editing',
        revision: 7,
        changed: ['', 7, null, 'x'.repeat(129), ...Array.from({ length: 60 }, (_, n) => `${n}`)],
      },
      { type: 'editing', revision: 7, changed: Array.from({ length: 50 }, (_, n) => `${n + 10}`) },
    ],
    ['nothing that is known', { type: 'dreaming' }, undefined],
    ['editing nothing', { type: 'editing', revision: 7 }, undefined],
    ['editing no revision', { type: 'editing', revision: '7', changed: [] }, undefined],
    ['nothing', null, undefined],
  ])('is %s', (_, said, taken) => expect(activityOf(said)).toEqual(taken));

  it('is never what a client says of itself', () => {
    expect(activityOf({ type: 'reading' }, as)).toBeUndefined();
  });
});

describe('a name', () => {
  it.each([
    ['of one line and 60 characters', `a\nb\u2028c${'d'.repeat(100)}`, `a b c${'d'.repeat(55)}`],
    ['that turns the text about', '\u202eabc\u2066', 'abc'],
    ['with a stack of marks', `e${'\u0301'.repeat(50)}x`, `e${'\u0301'.repeat(4)}x`],
    ['with marks joined', `e${'\u0301\u200d'.repeat(50)}x`, `e${'\u0301\u200d'.repeat(3)}\u0301x`],
    ['of a family', '👩‍👩‍👧‍👦 Ng', '👩‍👩‍👧‍👦 Ng'],
    ['in other scripts', 'נעמה می‌خواهم ไก่ कि', 'נעמה می‌خواهم ไก่ कि'],
    ['of nothing to be seen', '\u200b\ufeff \u00a0', ''],
  ])('%s', (_, name, shown) => expect(presentName(name)).toBe(shown));
});
