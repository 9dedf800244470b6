import * as fc from 'fast-check';
import { DOC_LIMITS, type Verb } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { copyOf, seeded } from '../../test/documents.ts';
import { execute, isBlank, KIND_MODELS, KIND_READERS } from '../index.ts';
import { renderDocument } from '../markdown.ts';

const { seed } = KIND_MODELS.doc;
const { read, records } = KIND_READERS.doc;

/** What a document says to whoever has named none of its roots. */
const readElsewhere = (doc: Y.Doc) => read(copyOf(doc));

function run(doc: Y.Doc, verb: Verb) {
  return execute({ kind: 'doc', doc }, verb, { random: seeded(1) });
}

describe('[M24] an application’s document', () => {
  it('begins with nothing', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, seed);
    expect([isBlank(doc, 'doc'), doc.share.size, read(doc)]).toEqual([true, 0, { kind: 'doc', title: '', roots: {} }]);
  });

  it('is made with a title or without, once', () => {
    const [named, nameless] = [new Y.Doc(), new Y.Doc()];
    run(named, { verb: 'doc.create', args: { title: 'Board' } });
    run(nameless, { verb: 'doc.create', args: {} });
    expect([readElsewhere(named).title, readElsewhere(nameless).title]).toEqual(['Board', '']);
    expect(() => run(named, { verb: 'doc.create', args: {} })).toThrow(/^id: there already is a document/);
  });

  it('[M26] takes no verb of another kind', () => {
    const doc = new Y.Doc();
    doc.getMap('steps').set('a', 1);
    doc.on('update', () => expect.unreachable());
    const verb: Verb = { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'A' }] } };
    expect(() => run(doc, verb)).toThrow('plan.update: documents of kind doc do not take this verb');
  });

  it('is renamed in the map that lists read: a string stays one, a text keeps what others type', () => {
    const doc = new Y.Doc();
    run(doc, { verb: 'doc.rename', args: { title: 'One' } });
    expect(doc.getMap('syncline').get('title')).toBe('One');
    doc.getMap('syncline').set('title', new Y.Text('One two'));
    const other = copyOf(doc);
    (other.getMap('syncline').get('title') as Y.Text).insert(7, ' three');
    run(doc, { verb: 'doc.rename', args: { title: 'First two' } });
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    expect(readElsewhere(doc).title).toBe('First two three');
  });

  it('[M16] has the records that its application gives', () => {
    const doc = new Y.Doc();
    doc.getMap('syncline').set('title', ` A\n${'𝄞'.repeat(DOC_LIMITS.title)}`);
    doc.getMap('syncline').set('text', new Y.Text('words to find'));
    expect(records(doc)).toEqual([
      { entity: 'document', id: '', data: { title: `A ${'𝄞'.repeat(DOC_LIMITS.title - 2)}` } },
      { entity: 'text', id: '', data: { text: 'words to find' } },
    ]);
  });
});

describe('[M25] an application’s document read as plain data', () => {
  it('tells the types of roots by what lies in them', () => {
    const doc = new Y.Doc();
    doc.getMap('metadata').set('deleted', true);
    doc.getMap('map').set('inner', new Y.Map([['list', Y.Array.from([1, null, { a: [2n, new Uint8Array([1])] }])]]));
    doc.getArray('array').push(['a', new Y.Text('b')]);
    doc.getText('text').insert(0, 'some words', { bold: true });
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.setAttribute('align', 'left');
    paragraph.insert(0, [new Y.XmlText('in it')]);
    doc.getXmlFragment('xml').insert(0, [paragraph]);
    (doc.get('lexical', Y.XmlText) as Y.XmlText).setAttribute('dir', 'ltr');
    doc.get('lexical', Y.XmlText).insert(0, 'text');
    doc.getText('emptied').insert(0, 'gone');
    doc.getText('emptied').delete(0, 4);
    expect(readElsewhere(doc).roots).toEqual({
      metadata: { deleted: true },
      map: { inner: { list: [1, null, { a: ['2', 'AQ=='] }] } },
      array: ['a', 'b'],
      text: 'some words',
      xml: [{ type: 'paragraph', attributes: { align: 'left' }, content: ['in it'] }],
      lexical: { attributes: { dir: 'ltr' }, content: 'text' },
      emptied: null,
    });
  });

  it('writes nothing, defines no root, and can be told as JSON, whatever a peer has written', () => {
    const value = fc.oneof(fc.jsonValue(), fc.bigInt(), fc.uint8Array(), fc.constant(undefined), fc.double());
    const root = fc.oneof(fc.constantFrom('syncline', '$syncline', '__proto__', 'constructor', ''), fc.string());
    const write = fc.record({ root, type: fc.nat(5), key: fc.oneof(fc.constant('title'), fc.string()), value });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 20 }), (writes) => {
        const doc = new Y.Doc();
        for (const each of writes) Y.applyUpdate(doc, updateOf(each));
        const [before, types] = [Y.encodeStateAsUpdate(doc), [...doc.share.values()]];
        JSON.stringify([read(doc), records(doc)]);
        renderDocument(read(doc));
        expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
        expect([...doc.share.values()].every((type, index) => type === types[index])).toBe(true);
        for (const type of types) expect(type.constructor).toBe(Y.AbstractType);
      }),
    );
  });

  it('is not stopped by types that nest without end', () => {
    const doc = new Y.Doc();
    let map = doc.getMap<unknown>('deep');
    for (let depth = 0; depth < 5_000; depth++) map = map.set('in', new Y.Map());
    expect(JSON.stringify(readElsewhere(doc)).length).toBeLessThan(2_000);
  });

  it('is shown as a block of JSON that nothing in it can end', () => {
    const doc = new Y.Doc();
    doc.getText('text').insert(0, 'a\n```\n# b');
    expect(renderDocument(read(doc))).toBe('# Untitled\n\n````json\n{\n  "text": "a\\n```\\n# b"\n}\n````\n');
  });
});

/** What a peer writes that takes a root for one of six types. */
function updateOf({ root, type, key, value }: { root: string; type: number; key: string; value: unknown }): Uint8Array {
  const peer = new Y.Doc();
  const writes = [
    () => peer.getMap(root).set(key, value),
    () => peer.getArray(root).push([{ value }, new Y.Map([[key, value]])]),
    () => peer.getText(root).insert(0, key || 'text', { bold: true }),
    () => peer.getXmlFragment(root).insert(0, [new Y.XmlElement(key || 'p'), new Y.XmlText(key)]),
    () => peer.getText(root).insertEmbed(0, { [key]: 1 }),
    () => peer.getMap(root).set(key, new Y.XmlHook(key)),
  ];
  writes[type]!();
  return Y.encodeStateAsUpdate(peer);
}
