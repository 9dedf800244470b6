/** Presence as other clients send it, and as nobody should: for tests of whoever passes it on or draws it. */

/** One thing that a client says of itself, or of somebody else. */
export interface PresenceShape {
  what: string;
  state: unknown;
  /** Under whose client id; left out, the sender's own. */
  client?: number;
}

export interface ShapeContext {
  /** Somebody who is there: their client id and their user id. */
  victim: { client: number; id: string };
  /** An address that nobody must ask for anything. */
  canary: string;
  /** A position in the text, as y-prosemirror sends it. */
  position: unknown;
  /** Items of the document: in the text, in other parts of it, deleted. */
  items: { client: number; clock: number }[];
}

/** At least 200 of them, always the same for the same context. */
export function presenceShapes(context: ShapeContext): PresenceShape[] {
  return [...realClients(context), ...cursors(context), ...users(context), ...wholes(), ...others(context)];
}

/** What clients of other editors send, by what their sources put into the awareness. */
function realClients({ position }: ShapeContext): PresenceShape[] {
  const user = { name: 'Somebody', color: '#30bced' };
  const inText = (tname: string) => ({ type: null, tname, item: { client: 7, clock: 3 }, assoc: 0 });
  const flow = { x: 12.5, y: 40 };
  return [
    ['y-prosemirror', { user, cursor: { anchor: position, head: position } }],
    ['y-prosemirror, blurred', { user, cursor: null }],
    ['y-webrtc demo', { user: { ...user, colorLight: '#30bced33' } }],
    ['y-monaco', { user, selection: { anchor: inText('monaco'), head: inText('monaco') } }],
    ['y-quill', { user, cursor: { anchor: inText('quill'), head: inText('quill') } }],
    ['quill by index', { user, cursor: { index: 15, length: 3 } }],
    ['y-codemirror.next', { user, cursor: { anchor: inText('codemirror'), head: inText('codemirror') } }],
    ['codemirror by index', { user, cursor: { anchor: 4, head: 9 } }],
    [
      'lexical',
      { name: 'x', color: 'rgb(1,2,3)', focusing: true, anchorPos: inText('root'), focusPos: inText('root') },
    ],
    ['slate-yjs', { data: user, selection: { anchor: [0, 1, 2], focus: [0, 1, 2] } }],
    ['tiptap', { user: { name: 'Cyndi', color: '#f783ac', avatar: 'https://example.org/a.png' } }],
    ['tldraw', { presence: tldraw() }],
    ['tldraw, beside a cursor', { presence: tldraw(), cursor: flow, user: { id: 'tldraw:1', ...user } }],
    ['liveblocks', { presence: { cursor: flow, selectedId: null } }],
    ['liveblocks, away', { presence: { cursor: null } }],
    ['liveblocks-like', { cursor: flow, user: { info: user } }],
    ['excalidraw', { user, pointer: { ...flow, tool: 'laser' }, button: 'down', selectedElementIds: { a: true } }],
    ['react flow', { user, cursor: { ...flow, pageId: 'page:1', zoom: 1.2 }, editingNodeId: null }],
    ['a form', { user, focus: 'title', typing: true, ping: 1_700_000_000_000 }],
    ['jupyter', { user: { username: 'x', display_name: 'X', color: 'var(--jp-collaborator-color1)' }, cursors: [] }],
    ['monaco by line', { user, cursor: { line: 3, column: 9 }, selection: { startLine: 3, endLine: 4 } }],
    ['with an anchor alone', { user, cursor: { anchor: position } }],
    ['of nobody', { cursor: { userId: 'u', userName: 'U', color: '#abc', anchor: null, head: null } }],
  ].map(([what, state]) => ({ what: String(what), state }));
}

function tldraw() {
  return {
    id: 'instance_presence:1',
    typeName: 'instance_presence',
    userId: 'user:1',
    userName: 'New User',
    color: '#FF802B',
    camera: { x: 0, y: 0, z: 1 },
    cursor: { x: 100, y: 200, type: 'default', rotation: 0 },
    screenBounds: { x: 0, y: 0, w: 1280, h: 800 },
    selectedShapeIds: ['shape:1'],
    brush: null,
    scribbles: [],
    chatMessage: '',
    currentPageId: 'page:page',
    meta: {},
  };
}

const WRONG: unknown[] = [null, {}, [], '', 'x', 0, -1, 1.5, true, { x: 1, y: 2 }, { toString: 'no' }, [[[]]]];

function cursors({ position, items }: ShapeContext): PresenceShape[] {
  const user = { name: 'Somebody', color: '#30bced' };
  const both = (at: unknown) => ({ anchor: at, head: at });
  const none = { type: null, tname: null, item: null, assoc: 0 };
  const ids = [
    ...WRONG,
    { client: 1 },
    { client: '1', clock: '0' },
    { client: 1, clock: -1 },
    { client: 1, clock: 0.5 },
  ];
  const roots = ['', 'nowhere', 'metadata', 'steps', '__proto__', 'constructor', 7, {}, true];
  return [
    ...WRONG.map((wrong) => ['cursor', wrong]),
    ...WRONG.map((wrong) => ['cursor.anchor', { anchor: wrong, head: position }]),
    ...WRONG.map((wrong) => ['cursor.head', { anchor: position, head: wrong }]),
    ...ids.map((id) => ['an item', both({ ...none, item: id })]),
    ...ids.map((id) => ['a type', both({ ...none, type: id })]),
    ...items.map((id) => ['an item of the document', both({ ...none, item: id })]),
    ...items.map((id) => ['a type of the document', both({ ...none, type: id })]),
    ...roots.map((tname) => ['a root', both({ ...none, tname })]),
    ...WRONG.map((assoc) => ['assoc', both({ ...none, tname: 'document', assoc })]),
    ['nothing', both(none)],
    ['nothing at all', { anchor: undefined, head: undefined }],
    ['far away', both({ ...none, item: { client: 2 ** 53 - 1, clock: 2 ** 53 - 1 } })],
    ['deep', both(deep(1_000))],
  ].map(([what, cursor]) => ({ what: `cursor: ${String(what)} ${brief(cursor)}`, state: { user, cursor } }));
}

function users({ victim, canary, position }: ShapeContext): PresenceShape[] {
  const cursor = { anchor: position, head: position };
  const colors = [
    `red;background-image:url(${canary}/color)`,
    `#fff;position:fixed;inset:0;z-index:99999;width:100vw;height:100vh`,
    `url(${canary}/color2)`,
    `#30bced;background:url("${canary}/color3")`,
    `#30bced}*{background:url(${canary}/color4)`,
    'red',
    '#fff',
    '#30bced70',
    'rgb(0 0 0)',
    'var(--text)',
    'expression(alert(1))',
    '#30bced\n;position:fixed',
    ' #30bced',
  ];
  const names = [
    '',
    ' ',
    '\u202e\u202e evil \u202d',
    `<img src="${canary}/name">`,
    `<style>@import url(${canary}/name2)</style>`,
    'x'.repeat(5_000),
    'W'.repeat(60),
    'one\ntwo\rthree\u2028four',
    `z${'\u0335\u0321\u0327\u0323'.repeat(60)}algo`,
    '\ud83d',
    '\u0000\u0007\u001b[31m',
    '\u200b\u2060\ufeff',
    '👩‍👩‍👧‍👦'.repeat(20),
    '\ufdfd'.repeat(30),
  ];
  const say = (field: string) => (value: unknown) => ({
    what: `user.${field}: ${brief(value)}`,
    state: { user: { name: 'Somebody', color: '#30bced', [field]: value }, cursor },
  });
  return [
    ...[...colors, ...WRONG].map(say('color')),
    ...[...names, ...WRONG].map(say('name')),
    ...[victim.id, '', ...WRONG].map(say('id')),
    ...['human', 'agent', 'system', ...WRONG].map(say('kind')),
    ...WRONG.map((user) => ({ what: `user: ${brief(user)}`, state: { user, cursor } })),
  ];
}

function wholes(): PresenceShape[] {
  const states = [[], 'here', 7, true, {}, { user: undefined }, JSON.parse('{"__proto__":{"user":{"name":"x"}}}')];
  return states.map((state: unknown) => ({ what: `as a whole: ${brief(state)}`, state }));
}

/** What is said under somebody else's client id. */
function others({ victim, position }: ShapeContext): PresenceShape[] {
  const { client, id } = victim;
  return [
    ['the victim’s own', { user: { id, name: 'Impostor', color: '#000000', kind: 'human' } }],
    ['theirs, with a caret', { user: { id, name: 'Impostor' }, cursor: { anchor: position, head: position } }],
    ['theirs, malformed', { user: { id, name: 'Impostor' }, cursor: { anchor: {}, head: null } }],
    ['theirs, empty', {}],
    ['theirs, gone', null],
  ].map(([what, state]) => ({ what: `another’s client: ${String(what)}`, state, client }));
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = { type: value };
  return value;
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 60);
}
