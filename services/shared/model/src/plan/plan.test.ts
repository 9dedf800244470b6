import { Refusal, type Verb } from '@syncline/protocol';
import { fromBase64, toBase64 } from 'lib0/buffer';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { blocksOf, copyOf, merge, run, seedDoc, textsOf } from '../../test/documents.ts';
import { anchorOf, execute, KIND_MODELS, KIND_READERS, planRoots } from '../index.ts';
import { parseBlocks } from '../markdown/index.ts';
import { renderPlan } from './markdown.ts';

const MARKED = '**bold** and `code`\n\none\\\ntwo\n\n```\n{"a": 1}\n```\n\n> in a quote';

const { seed } = KIND_MODELS.plan;
const { read, records } = KIND_READERS.plan;

/** What plans were born from before their titles were texts. */
const FIRST_SEED = fromBase64(
  'AQcAAAcBCGRvY3VtZW50AwpibG9ja0dyb3VwBwAAAAMOYmxvY2tDb250YWluZXIoAAABAmlkAXcOaW5pdGlhbEJsb2NrSWQHAAABAwlwYXJhZ3JhcGgoAAADD2JhY2tncm91bmRDb2xvcgF3B2RlZmF1bHQoAAADCXRleHRDb2xvcgF3B2RlZmF1bHQoAAADDXRleHRBbGlnbm1lbnQBdwRsZWZ0AA==',
);

function structOf(struct: Y.Item | Y.GC | Y.Skip): unknown {
  return struct instanceof Y.Item
    ? { id: struct.id, parent: struct.parent, key: struct.parentSub, origin: struct.origin }
    : struct;
}

const CREATE: Verb = {
  verb: 'plan.create',
  args: {
    title: 'Ship it',
    owner: 'Ann',
    steps: [{ title: 'Write' }, { title: 'Test', done: true, note: 'all of it\n- twice', assignee: 'Bob' }],
    blocks: parseBlocks('# Why\n\nBecause.'),
  },
};

describe('a plan', () => {
  it('[M1] is born from these bytes, forever', () => {
    expect(toBase64(seed)).toBe(
      'AQgAAAcBCGRvY3VtZW50AwpibG9ja0dyb3VwBwAAAAMOYmxvY2tDb250YWluZXIoAAABAmlkAXcOaW5pdGlhbEJsb2NrSWQHAAABAwlwYXJhZ3JhcGgoAAADD2JhY2tncm91bmRDb2xvcgF3B2RlZmF1bHQoAAADCXRleHRDb2xvcgF3B2RlZmF1bHQoAAADDXRleHRBbGlnbm1lbnQBdwRsZWZ0JwEIbWV0YWRhdGEFdGl0bGUCAA==',
    );
    expect([...Y.decodeUpdate(seed).structs].every((struct) => struct.id.client === 0)).toBe(true);
  });

  it('[M1] is begun as plans always were: its first seed is contained in today’s', () => {
    const [first, today] = [FIRST_SEED, seed].map((update) => Y.decodeUpdate(update).structs.map(structOf));
    expect(today!.slice(0, first!.length)).toEqual(first);
    const doc = seedDoc();
    const before = Y.encodeStateAsUpdate(doc);
    Y.applyUpdate(doc, FIRST_SEED);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  });

  it('[M1] born from the first seed keeps its words when it is seeded again', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, FIRST_SEED);
    planRoots(doc).metadata.set('title', 'Old');
    planRoots(doc).metadata.set('title', 'Older than texts');
    Y.applyUpdate(doc, seed);
    expect(read(doc).title).toBe('Older than texts');
    expect(planRoots(doc).document.length).toBe(1);
    run(doc, { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'Older than all texts' }] } });
    expect(read(doc).title).toBe('Older than all texts');
  });

  it('[M1] begun twice offline is one plan', () => {
    const [a, b] = [seedDoc(), seedDoc()];
    run(a, { verb: 'document.edit', args: { edits: [{ op: 'append', blocks: parseBlocks('mine') }] } });
    run(b, { verb: 'plan.update', args: { changes: [{ op: 'add_step', title: 'yours' }] } });
    merge(a, b);
    expect(read(a)).toEqual(read(b));
    expect(planRoots(a).document.length).toBe(1);
    expect(textsOf(a)).toEqual(['mine']);
  });

  it('[M5] is created in one update, and shown as Markdown', () => {
    const doc = seedDoc();
    let updates = 0;
    doc.on('update', () => updates++);
    const { changed } = run(doc, CREATE);
    expect(updates).toBe(1);
    expect(changed).toHaveLength(4);
    expect(changed[2]).toBe(anchorOf('initialBlockId'));
    const plan = read(doc);
    const [write, test] = plan.steps;
    const [why, because] = plan.blocks;
    expect(renderPlan(plan)).toBe(
      [
        '# Ship it\n',
        'Status: draft · Owner: Ann\n',
        '## Steps\n',
        `- [ ] 1. Write {@${write!.id}}`,
        `- [x] 2. Test {@${test!.id}} · Bob`,
        '  > all of it\\',
        '  > \\- twice\n',
        '***\n',
        `# Why {#${why!.anchor}}\n`,
        `Because. {#${because!.anchor}}\n`,
      ].join('\n'),
    );
    expect(renderPlan(plan, { addressable: false })).not.toMatch(/[{}]/);
    expect(renderPlan(plan, { addressable: false })).toContain('1. Write\n');
  });

  it('[M4] is not created where there is one', () => {
    const taken = [
      (doc: Y.Doc) => run(doc, CREATE),
      (doc: Y.Doc) => run(doc, { verb: 'plan.update', args: { changes: [{ op: 'set', title: 'x' }] } }),
      (doc: Y.Doc) => run(doc, { verb: 'plan.update', args: { changes: [{ op: 'add_step', title: 'x' }] } }),
      (doc: Y.Doc) =>
        run(doc, { verb: 'document.edit', args: { edits: [{ op: 'append', blocks: parseBlocks('x') }] } }),
    ];
    for (const take of taken) {
      const doc = seedDoc();
      take(doc);
      expect(() => run(doc, CREATE)).toThrow(expect.objectContaining({ code: 'exists' }) as Refusal);
    }
  });

  it('[M5] is updated by several changes in one update', () => {
    const doc = seedDoc();
    const [one, two] = run(doc, CREATE).changed as [string, string];
    let updates = 0;
    doc.on('update', () => updates++);
    const { changed } = run(doc, {
      verb: 'plan.update',
      args: {
        changes: [
          { op: 'set', status: 'approved', repo: 'acme/x', pr: '#1' },
          { op: 'edit_step', step: one, done: true },
          { op: 'edit_step', step: one, note: 'n' },
          { op: 'move_step', step: two, after: null },
          { op: 'add_step', title: 'Third', after: two },
          { op: 'remove_step', step: one },
        ],
      },
    });
    expect(updates).toBe(1);
    expect(changed).toEqual([one, two, expect.stringMatching(/^[0-9a-z]{8}$/)]);
    const plan = read(doc);
    expect(plan).toMatchObject({ title: 'Ship it', status: 'approved', repo: 'acme/x', pr: '#1' });
    expect(plan.steps.map((step) => step.title)).toEqual(['Test', 'Third']);
  });

  it('[M16] has a record for what lists show, one for its text, and one for each step', () => {
    const doc = seedDoc();
    run(doc, CREATE);
    run(doc, { verb: 'document.edit', args: { edits: [{ op: 'append', blocks: parseBlocks(MARKED) }] } });
    const [summary, text, ...steps] = records(doc);
    expect(summary).toEqual({
      entity: 'document',
      id: '',
      data: { title: 'Ship it', status: 'draft', done: 1, total: 2 },
    });
    const shown = read(doc);
    expect(text).toEqual({
      entity: 'text',
      id: '',
      data: { text: expect.stringMatching(/\nbold and code\none\ntwo\n\{"a": 1\}\nin a quote$/) },
    });
    expect(steps.map(({ entity, id, data }) => ({ entity, id, ...data }))).toEqual(
      shown.steps.map((step) => ({ entity: 'step', ...step, order: expect.any(String) })),
    );
    const [first] = shown.steps;
    run(doc, { verb: 'plan.update', args: { changes: [{ op: 'remove_step', step: first!.id }] } });
    expect(records(doc)).toHaveLength(3);
  });

  it('[M16] a step that no command can name has no record', () => {
    const doc = seedDoc();
    for (const id of ['ok', '', 'a b', 'nul\0', 'x'.repeat(5000)]) planRoots(doc).steps.set(id, new Y.Map());
    expect(records(doc).flatMap(({ entity, id }) => (entity === 'step' ? [id] : []))).toEqual(['ok']);
  });

  it('[M1] [M5] a command on a document without a seed plants it', () => {
    const doc = new Y.Doc();
    execute({ kind: 'plan', doc }, CREATE, { random: Math.random });
    Y.applyUpdate(doc, seed);
    expect(blocksOf(doc)).toHaveLength(2);
  });

  it('[M2] is read, whatever a peer has written, without an update', () => {
    const doc = hostile();
    const before = Y.encodeStateAsUpdate(doc);
    let updates = 0;
    doc.on('update', () => updates++);
    const plan = read(doc);
    const named = records(doc).map(({ entity, id }) => `${entity} ${id}`);
    expect(named).toEqual([...new Set(named)]);
    const markdown = renderPlan(plan);
    expect(updates).toBe(0);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
    expect(plan).toMatchObject({
      title: '',
      status: 'draft',
      repo: '',
      steps: [{ id: 'ok', title: '', done: false, note: '' }],
    });
    for (const shown of [
      'type="planStep"',
      'type="table"',
      'stray text',
      'bare paragraph',
      'type="unknown"',
      'deepest',
    ])
      expect(markdown).toContain(shown);
  });

  it('[M2] is read when it nests ten thousand deep', () => {
    const doc = seedDoc();
    let group = planRoots(doc).document.get(0) as Y.XmlElement;
    doc.transact(() => {
      for (let depth = 0; depth < 10_000; depth++) {
        const container = new Y.XmlElement('blockContainer');
        group.insert(group.length, [container]);
        const paragraph = new Y.XmlElement('paragraph');
        const next = new Y.XmlElement('blockGroup');
        container.insert(0, [paragraph, next]);
        group = next;
      }
    });
    const copy = copyOf(doc);
    const markdown = renderPlan(read(copy));
    expect(markdown.match(/\{#/g)).toHaveLength(10_001);
  });
});

function hostile(): Y.Doc {
  const doc = seedDoc();
  const { metadata, steps, document } = planRoots(doc);
  doc.transact(() => {
    metadata.set('title', 5);
    metadata.set('status', 'conquered');
    metadata.set('repo', new Y.Map());
    steps.set('text', 'not a map');
    steps.set('gone', new Y.Map<unknown>([['removed', true]]));
    steps.set(
      'ok',
      new Y.Map<unknown>([
        ['title', { a: 1 }],
        ['done', 'yes'],
        ['order', 9],
        ['note', null],
      ]),
    );
    doc.getMap('unheard-of').set('a', 1);
    const group = document.get(0) as Y.XmlElement;
    const container = (content?: Y.XmlElement): Y.XmlElement => {
      const made = new Y.XmlElement('blockContainer');
      if (content) made.insert(0, [content]);
      return made;
    };
    const bare = new Y.XmlElement('paragraph');
    bare.insert(0, [new Y.XmlText('bare paragraph')]);
    const table = new Y.XmlElement('table');
    table.insert(0, [new Y.XmlElement('tableRow')]);
    const odd = new Y.XmlElement('heading');
    odd.setAttribute('level', { a: 1 } as never);
    odd.setAttribute('isToggleable', new Uint8Array([1]) as never);
    const text = new Y.XmlText();
    text.insert(0, 'odd', { link: 'no object', bold: 'yes', 'comment--x': {} });
    text.insertEmbed(3, { image: 1 });
    odd.insert(0, [text, new Y.XmlElement('mention')]);
    group.insert(1, [
      container(new Y.XmlElement('planStep')),
      container(table),
      container(odd),
      container(),
      bare,
      new Y.XmlText('stray text'),
      new Y.XmlElement('blockGroup'),
    ]);
    const second = new Y.XmlElement('blockGroup');
    const deepest = new Y.XmlElement('paragraph');
    deepest.insert(0, [new Y.XmlText('deepest')]);
    second.insert(0, [container(deepest)]);
    document.insert(1, [second, new Y.XmlElement('blockGroup')]);
  });
  return doc;
}
