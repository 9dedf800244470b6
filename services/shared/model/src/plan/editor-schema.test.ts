import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { copyOf, merge, run, seedDoc } from '../../test/documents.ts';
import { needEditorSchema, neededEditorSchema, onNeededEditorSchema } from './editor-schema.ts';

describe('the editor schema that a document needs', () => {
  it('[M21] is 1 when the document says nothing, or nonsense', () => {
    const doc = seedDoc();
    expect(neededEditorSchema(doc)).toBe(1);
    for (const said of ['2', 0, -3, 1.5, null, true, new Y.Map()]) {
      doc.getMap('metadata').set('editor', said);
      expect(neededEditorSchema(doc)).toBe(1);
    }
  });

  it('[M21] rises, and never falls', () => {
    const doc = seedDoc();
    needEditorSchema(doc, 3);
    doc.on('update', () => expect.unreachable());
    for (const schema of [3, 2, 1]) needEditorSchema(doc, schema);
    expect(neededEditorSchema(doc)).toBe(3);
  });

  it('[M21] is above 1 for everybody when two raise it at once', () => {
    const [one, other] = [seedDoc(), copyOf(seedDoc())];
    needEditorSchema(one, 2);
    needEditorSchema(other, 3);
    merge(one, other);
    expect(neededEditorSchema(one)).toBeGreaterThan(1);
    expect(neededEditorSchema(other)).toBe(neededEditorSchema(one));
  });

  it('[M21] is known to those who ask to be told before an editor hears of the same transaction', () => {
    const doc = seedDoc();
    const heard: string[] = [];
    doc.getXmlFragment('document').observeDeep(() => heard.push(`text, ${neededEditorSchema(doc)} needed`));
    const stop = onNeededEditorSchema(doc, () => heard.push(`${neededEditorSchema(doc)} needed`));
    doc.transact(() => {
      doc.getXmlFragment('document').insert(1, [new Y.XmlElement('diagram')]);
      needEditorSchema(doc, 2);
    });
    run(doc, { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'Other' }] } });
    expect(heard).toEqual(['2 needed', 'text, 2 needed']);
    stop();
    needEditorSchema(doc, 3);
    expect(heard).toHaveLength(2);
  });
});
