import type { Verb } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import { run, seedDoc } from '../../test/documents.ts';
import { isDeleted, KIND_READERS, onDeleted, recordsOf } from '../index.ts';
import { parseBlocks } from '../markdown/index.ts';

const { read } = KIND_READERS.plan;
const records = (doc: Y.Doc) => recordsOf({ kind: 'plan', doc });

const CREATE: Verb = { verb: 'plan.create', args: { title: 'Plan', steps: [{ title: 'A' }], blocks: [] } };
const RENAME: Verb = { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'B' }] } };

function created() {
  const doc = seedDoc();
  run(doc, CREATE);
  return doc;
}

describe('a deleted document', () => {
  it('[M17] has no records, and is as it was once it is undeleted', () => {
    const doc = created();
    const before = { plan: read(doc), records: records(doc) };
    run(doc, { verb: 'document.delete', args: {} });
    expect([isDeleted(doc, 'plan'), records(doc)]).toEqual([true, []]);
    run(doc, { verb: 'document.undelete', args: {} });
    expect([isDeleted(doc, 'plan'), { plan: read(doc), records: records(doc) }]).toEqual([false, before]);
  });

  it('[M17] takes no other command, and tells whoever watches', () => {
    const doc = created();
    let told = 0;
    const stop = onDeleted(doc, 'plan', () => (told += 1));
    run(doc, RENAME);
    run(doc, { verb: 'document.delete', args: {} });
    expect(told).toBe(1);
    for (const verb of [RENAME, { verb: 'document.delete', args: {} }] as Verb[])
      expect(() => run(doc, verb)).toThrow('was deleted');
    expect(() => run(doc, CREATE)).toThrow(/^id: .* was deleted/);
    stop();
    run(doc, { verb: 'document.undelete', args: {} });
    run(doc, { verb: 'document.delete', args: {} });
    expect(told).toBe(1);
  });

  it('[M4] undeleting what is there writes nothing', () => {
    const doc = created();
    doc.on('update', () => expect.unreachable());
    expect(run(doc, { verb: 'document.undelete', args: {} })).toEqual({ changed: [] });
  });
});

it('[M18] a batch is carried out in order, in one update', () => {
  const doc = created();
  const [step] = read(doc).steps;
  let updates = 0;
  doc.on('update', () => (updates += 1));
  const { changed } = run(doc, {
    verb: 'document.batch',
    args: {
      commands: [
        { verb: 'document.edit', args: { edits: [{ op: 'append', blocks: parseBlocks('first') }] } },
        { verb: 'plan.update', args: { changes: [{ op: 'edit_step', step: step!.id, done: true }] } },
        { verb: 'document.edit', args: { edits: [{ op: 'append', blocks: parseBlocks('second') }] } },
      ],
    },
  });
  expect([updates, changed.length]).toEqual([1, 3]);
  expect(read(doc)).toMatchObject({
    steps: [{ done: true }],
    blocks: [{ content: [{ text: 'first' }] }, { content: [{ text: 'second' }] }],
  });
});

it('[M4, M18] a part that cannot be carried out is named by its index', () => {
  const missing: Verb = { verb: 'plan.update', args: { changes: [{ op: 'remove_step', step: 'none' }] } };
  expect(() => run(created(), { verb: 'document.batch', args: { commands: [RENAME, missing] as never } })).toThrow(
    expect.objectContaining({ code: 'not_found', extra: expect.objectContaining({ index: 1 }) }),
  );
});
