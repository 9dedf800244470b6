import { isDeepStrictEqual } from 'node:util';
import { asServer } from '@syncline/model/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { reachesServer } from './reach.ts';
import { readUpdate } from './update.ts';

const ROOT = '$syncline';
const NUMBER = 7;

/** What is done to a document; `at` chooses where, and with what. */
type Act = { act: number; at: number };

const acts: fc.Arbitrary<Act> = fc.record({ act: fc.nat(6), at: fc.nat(5) });
const steps = fc.array(
  fc.oneof(
    fc.record({ who: fc.constant('server' as const), acts: fc.array(acts, { minLength: 1, maxLength: 4 }) }),
    fc.record({
      who: fc.constantFrom('honest' as const, 'another' as const),
      acts: fc.array(acts, { maxLength: 4 }),
      how: fc.constantFrom('all' as const, 'new' as const, 'not yet' as const, 'without the first' as const),
    }),
    fc.record({
      who: fc.constant('hostile' as const),
      acts: fc.array(acts, { minLength: 1, maxLength: 5 }),
      own: fc.array(acts, { maxLength: 2 }),
      foresees: fc.array(acts, { maxLength: 3 }),
      forges: fc.boolean(),
      how: fc.constantFrom('all' as const, 'new' as const, 'without the first' as const, 'one by one' as const),
    }),
  ),
  { minLength: 2, maxLength: 12 },
);

/** Writes somewhere below a root: values, texts, maps in maps, what stands in a list, and what takes it away again. */
function write(doc: Y.Doc, root: string, { act, at }: Act): void {
  const map = doc.getMap<unknown>(root);
  const maps = [map, ...[...map.values()].filter((value) => value instanceof Y.Map)] as Y.Map<unknown>[];
  const below = maps[at % maps.length]!;
  const key = `k${at % 3}`;
  const text = [...below.values()].find((value) => value instanceof Y.Text);
  if (act === 0) below.set(key, at);
  else if (act === 1) below.set(key, new Y.Map([['inner', at]]));
  else if (act === 2) below.set(key, new Y.Text('some text'));
  else if (act === 3) below.delete(key);
  else if (act === 4) text?.insert(at % 2 ? text.length : 0, 'xyz');
  else if (act === 5 && text?.length) text.delete(Math.min(at, text.length - 1), 1);
  else if (act === 6 && root === ROOT && at % 2) doc.getMap('metadata').set('deleted', true);
  else if (act === 6 && root === ROOT) doc.getMap('metadata').delete('deleted');
}

/** Bits of an update, each with what the one before it said left out. */
function changes(doc: Y.Doc, work: () => void): Uint8Array[] {
  const made: Uint8Array[] = [];
  const take = (update: Uint8Array) => made.push(update);
  doc.on('update', take);
  work();
  doc.off('update', take);
  return made;
}

/** A document at a pod that refuses what reaches the server's root, and what that root is by the server's word alone. */
class World {
  readonly pod = new Y.Doc();
  readonly truth = new Y.Doc();
  readonly clients = { honest: new Y.Doc(), another: new Y.Doc() };
  refused = 0;

  server(list: Act[]): void {
    for (const update of this.asServer(list)) for (const doc of [this.pod, this.truth]) Y.applyUpdate(doc, update);
  }

  asServer(list: Act[]): Uint8Array[] {
    const shadow = copyOf(this.pod);
    shadow.clientID = NUMBER;
    return changes(shadow, () => asServer(shadow, () => list.forEach((act) => write(shadow, ROOT, act))));
  }

  send(update: Uint8Array): boolean {
    const isRefused = reachesServer(this.pod, 'plan', readUpdate(update));
    if (isRefused) this.refused += 1;
    else Y.applyUpdate(this.pod, update);
    return !isRefused;
  }

  /** What only the server writes, with the number of each who has written there. */
  look(doc: Y.Doc): unknown {
    const [map, metadata] = [doc.getMap(ROOT), doc.getMap('metadata')];
    const writers = new Set<number>();
    const types = [map, metadata] as unknown as Y.AbstractType<unknown>[];
    for (let type = types.pop(); type; type = types.pop())
      for (const first of [type._start, ...type._map.values()])
        for (let item: Y.Item | null = first; item; item = item.left) {
          writers.add(item.id.client);
          if (item.content instanceof Y.ContentType) types.push(item.content.type);
        }
    return { says: [map.toJSON(), metadata.toJSON()], writers, list: map._start?.id };
  }
}

function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

function parts(doc: Y.Doc, made: Uint8Array[], how: string): Uint8Array[] {
  if (how === 'all') return [Y.encodeStateAsUpdate(doc)];
  if (how === 'one by one') return made;
  const sent = how === 'without the first' ? made.slice(1) : made;
  return how === 'not yet' || !sent.length ? [] : [Y.mergeUpdates(sent)];
}

describe('[S58] whatever is sent, in whatever order', () => {
  it('nothing but the server changes what only the server writes, and no honest client is refused', () => {
    let refused = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const world = new World();
        const wrong: string[] = [];
        for (const step of list) {
          if (step.who === 'server') world.server(step.acts);
          else if (step.who === 'hostile') {
            // It may know beforehand what the server will write, and under which numbers.
            const doc = copyOf(world.pod);
            let forged = doc.clientID;
            if (step.forges) doc.clientID = NUMBER;
            for (const update of world.asServer(step.foresees)) Y.applyUpdate(doc, update);
            if (step.forges) asServer(doc, () => (forged = doc.clientID));
            doc.clientID = forged;
            const made = changes(doc, () => {
              for (const act of step.own) write(doc, 'fields', act);
              for (const act of step.acts) {
                write(doc, ROOT, act);
                if (act.at === 5) doc.getArray('list').push([act.at]);
              }
            });
            for (const update of parts(doc, made, step.how)) world.send(update);
          } else {
            const doc = world.clients[step.who];
            Y.applyUpdate(doc, Y.encodeStateAsUpdate(world.pod));
            const made = changes(doc, () => step.acts.forEach((act) => write(doc, 'fields', act)));
            for (const update of parts(doc, made, step.how))
              if (!world.send(update)) wrong.push('an honest client is refused');
          }
          if (!isDeepStrictEqual(world.look(world.pod), world.look(world.truth))) wrong.push('it is changed');
        }
        refused += world.refused;
        expect(wrong).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});

describe('[S58] what reaches the server’s own', () => {
  const root = (doc: Y.Doc) => doc.getMap<Y.Map<unknown> & Y.Text>(ROOT);
  const served = () => {
    const doc = new Y.Doc();
    doc.clientID = NUMBER;
    asServer(doc, () => {
      root(doc).set('map', new Y.Map([['a', 1]]) as never);
      root(doc).set('text', new Y.Text('text') as never);
    });
    return doc;
  };
  /** As version 0.1.0 deleted a document, which has been undeleted since. */
  const undeleted = () => {
    const doc = new Y.Doc();
    doc.getMap('metadata').set('deleted', true);
    asServer(doc, () => doc.getMap('metadata').delete('deleted'));
    return doc;
  };
  const deleted = () => {
    const doc = new Y.Doc();
    doc.getMap('metadata').set('deleted', true);
    return doc;
  };

  it.each<[string, () => Y.Doc, (doc: Y.Doc) => void]>([
    ['a key of the root', served, (doc) => root(doc).set('new', 1 as never)],
    ['a list in the root', served, (doc) => doc.getArray(ROOT).push([1])],
    ['another value for a key', served, (doc) => root(doc).set('map', 1 as never)],
    ['a key of a map in it', served, (doc) => root(doc).get('map')!.set('b', 1)],
    ['text before text', served, (doc) => root(doc).get('text')!.insert(0, 'x')],
    ['text behind text', served, (doc) => root(doc).get('text')!.insert(4, 'x')],
    ['text in text', served, (doc) => root(doc).get('text')!.insert(2, 'x')],
    ['a format', served, (doc) => root(doc).get('text')!.format(0, 4, { bold: true })],
    ['a deletion', served, (doc) => root(doc).delete('map')],
    ['a deletion of text', served, (doc) => root(doc).get('text')!.delete(1, 2)],
    ['a number of the server’s', served, (doc) => asServer(doc, () => doc.getText('t').insert(0, 'x'))],
    ['a plan’s mark of its deletion', served, (doc) => doc.getMap('metadata').set('deleted', true)],
    ['that mark, where 0.1.0 had set it', undeleted, (doc) => doc.getMap('metadata').set('deleted', true)],
    ['what 0.1.0 deleted', deleted, (doc) => doc.getMap('metadata').delete('deleted')],
  ])('%s', (_, make, write) => {
    const pod = make();
    const doc = copyOf(pod);
    doc.getText('own').insert(0, 'own');
    const vector = Y.encodeStateVector(doc);
    write(doc);
    for (const update of [Y.encodeStateAsUpdate(doc), Y.encodeStateAsUpdate(doc, vector)])
      expect(reachesServer(pod, 'plan', readUpdate(update))).toBe(true);
  });

  it('is not what somebody says again, nor what lies beside it', () => {
    for (const pod of [served(), undeleted(), deleted()]) {
      const doc = copyOf(pod);
      doc.getMap('metadata').set('editor', 1);
      doc.getMap('deleted').set('deleted', true);
      doc.getArray(`${ROOT}2`).push(['deleted']);
      expect(reachesServer(pod, 'plan', readUpdate(Y.encodeStateAsUpdate(doc)))).toBe(false);
    }
  });
});
