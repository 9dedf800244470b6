import { MessageType } from '@hocuspocus/server';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Chance } from '../../services/sync/sim/random.ts';
import { frame, frames, sync, presenceFrame } from '../../services/sync/sim/wire.ts';
import { flip, mangle, noise } from './mangle.ts';

/** Something to send over a socket; a string goes as a text frame. */
export interface FrameInput {
  kind: string;
  data: Uint8Array | string;
}

const UPDATES: readonly Uint8Array[] = realUpdates();
/** The same ones again and again: a document in which people work does not become a large one by them. */
const NESTED: readonly Uint8Array[] = [100, 500, 1_000, 2_100].map(nested);
const TOO_LARGE_BYTES = 9 * 1024 * 1024;
/** Nearly all the time and memory of a run would go into these. */
const TOO_LARGE_SHARE = 0.01;
const OTHER_NAMES = [
  'plan:other',
  'plan:',
  '',
  'board:x',
  '__proto__',
  'plan:a\0b',
  '\ud800',
  `plan:${'x'.repeat(70)}`,
];

/** A hostile frame for the document of this name. */
export function hostileFrame(name: string, chance: Chance): FrameInput {
  if (chance.hits(TOO_LARGE_SHARE))
    return { kind: 'frame: too large', data: body(name, MessageType.Sync, new Uint8Array(TOO_LARGE_BYTES)) };
  const [kind, make] = chance.pick(FRAMES);
  return { kind: `frame: ${kind}`, data: make(name, chance) };
}

const FRAMES: readonly [string, (name: string, chance: Chance) => Uint8Array | string][] = [
  ['noise', (_, chance) => noise(chance, chance.int(200))],
  ['noise behind a name and type', (name, chance) => body(name, chance.int(14), noise(chance, chance.int(60)))],
  ['mangled', (name, chance) => mangle(real(name, chance), chance)],
  ['another document’s', (_, chance) => real(chance.pick(OTHER_NAMES), chance)],
  ['text', (_, chance) => Buffer.from(noise(chance, chance.int(60))).toString('base64')],
  [
    'update with flipped bits',
    (name, chance) => update(name, chance, flip(chance.pick(UPDATES), chance, 1 + chance.int(3))),
  ],
  ['mangled update', (name, chance) => update(name, chance, mangle(chance.pick(UPDATES), chance))],
  ['update of deeply nested elements', (name, chance) => update(name, chance, chance.pick(NESTED))],
  ['presence of thousands', (name, chance) => someone(name, chance, 33 + chance.int(3_000), 2)],
  ['large presence', (name, chance) => someone(name, chance, 1, 70_000)],
  ['presence that is no JSON', (name, chance) => someone(name, chance, 1, 10, '{"x')],
];

function real(name: string, chance: Chance): Uint8Array {
  const bytes = chance.pick(UPDATES);
  return chance.pick([
    () => frames.auth(name, 'person:fuzz'),
    () => sync(name, 0, Y.encodeStateVectorFromUpdate(bytes)),
    () => sync(name, 1, bytes),
    () => sync(name, 2, bytes),
    () => body(name, MessageType.SyncReply, sync('', 2, bytes).subarray(2)),
    () => someone(name, chance, 1, 10),
    () => frame(name, MessageType.QueryAwareness),
    () => frame(name, MessageType.Stateless, (encoder) => encoding.writeVarString(encoder, 'hello')),
    () => frame(name, MessageType.BroadcastStateless, (encoder) => encoding.writeVarString(encoder, 'hello')),
    () => frame(name, MessageType.CLOSE),
    () => frame(name, MessageType.SyncStatus, (encoder) => encoding.writeVarUint(encoder, 1)),
    () => Uint8Array.of(MessageType.Ping),
    () => Uint8Array.of(MessageType.Pong),
  ])();
}

function update(name: string, chance: Chance, bytes: Uint8Array): Uint8Array {
  return sync(name, 1 + chance.int(2), bytes);
}

function body(name: string, type: number, bytes: Uint8Array): Uint8Array {
  return frame(name, type, (encoder) => encoding.writeUint8Array(encoder, bytes));
}

function someone(name: string, chance: Chance, clients: number, bytes: number, json?: string): Uint8Array {
  const states = Array.from({ length: clients }, () => ({
    client: chance.int(2 ** 32),
    clock: chance.int(2 ** 32),
    state: json ?? JSON.stringify('p'.repeat(bytes)),
  }));
  return presenceFrame(name, states);
}

/** An element in an element in an element … */
function nested(depth: number): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = depth;
  const root = new Y.XmlElement('blockGroup');
  doc.transact(() => {
    doc.getXmlFragment('document').insert(0, [root]);
    let inner = root;
    for (let n = 0; n < depth; n++) {
      const next = new Y.XmlElement(n % 2 ? 'blockGroup' : 'blockContainer');
      inner.insert(0, [next]);
      inner = next;
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

/** What people's edits look like: text, its deletion, maps, lists, elements, alone and merged. */
function realUpdates(): Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = 1;
  const updates: Uint8Array[] = [];
  doc.on('update', (made: Uint8Array) => updates.push(made));
  const text = doc.getText('t');
  for (let n = 0; n < 10; n++) text.insert(n, `word ${n} `);
  text.format(0, 20, { bold: true });
  text.delete(5, 20);
  doc.getMap('metadata').set('title', 'fuzz');
  doc.getMap('metadata').set('status', { deep: [1, 'two', null, { three: 3.5 }] });
  doc.getArray('steps').insert(0, [1, 'a', new Y.Map([['done', true]])]);
  const paragraph = new Y.XmlElement('paragraph');
  doc.getXmlFragment('document').insert(0, [paragraph]);
  paragraph.insert(0, [new Y.XmlText('in an element')]);
  paragraph.setAttribute('id', 'x');
  doc.getArray('steps').delete(0, 1);
  return [...updates, Y.encodeStateAsUpdate(doc), Y.mergeUpdates(updates.slice(3, 9))];
}
