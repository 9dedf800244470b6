import type { Edit } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  anchorWith,
  blocksOf,
  documentOf,
  edit,
  planOf,
  refusalOf,
  replaceText,
  seedDoc,
  textsOf,
} from '../../test/documents.ts';
import { parseBlocks, renderBlocks } from '../markdown/index.ts';
import { blockPlaces } from './locate.ts';

/** A document's Markdown without its anchors. */
function shown(doc: Y.Doc): string {
  return renderBlocks(blocksOf(doc))
    .replaceAll(/ ?\{#[a-z0-9]+( in=\d+)?\}/g, '')
    .trim();
}

function textNode(doc: Y.Doc, block = 0, child = 0): Y.XmlText {
  return blockPlaces(documentOf(doc))[block]!.content.get(child) as Y.XmlText;
}

/** A document with a block that Markdown cannot show, behind its first. */
function withTable(markdown: string): Y.Doc {
  const doc = planOf(markdown);
  const [first] = blockPlaces(documentOf(doc));
  const container = new Y.XmlElement('blockContainer');
  container.setAttribute('id', 'the-table');
  container.insert(0, [new Y.XmlElement('table')]);
  (first!.node.parent as Y.XmlElement).insert(1, [container]);
  return doc;
}

describe('replace_text', () => {
  it.each([
    ['plain', 'The quick fox', 'quick', 'slow', 'The slow fox'],
    ['a mark added', 'The brown fox', 'brown fox', 'brown **bear**', 'The brown **bear**'],
    ['a mark taken away', 'The **brown** fox', '**brown**', 'brown', 'The brown fox'],
    ['marks that neither side names', 'The **brown *old* fox**', 'old fox', 'new fox', 'The **brown *new* fox**'],
    [
      'an insertion takes over its left neighbour’s marks',
      'The **brown fox**',
      'brown fox',
      'brown red fox',
      'The **brown red fox**',
    ],
    [
      'but not a link that ends there',
      'See [docs](https://x.y) now',
      'docs now',
      'docs or so now',
      'See [docs](https://x.y) or so now',
    ],
    ['nor code', 'Run `make` now', 'make now', 'make it now', 'Run `make` it now'],
    [
      'a link changed',
      'See [docs](https://x.y)',
      '[docs](https://x.y)',
      '[docs](https://z.y)',
      'See [docs](https://z.y)',
    ],
    ['the same mark twice', '**a b**', '**a b**', '**a** b', '**a** b'],
    ['nothing left', 'all of it', 'all of it', '', ''],
    ['spaces at the edges', 'a b c', ' b ', ' ', 'a c'],
    ['a hard break in', 'one two', 'one two', 'one\ntwo', 'one\\\ntwo'],
    ['a hard break out', 'one\\\ntwo\\\nthree', 'two\nthree', 'two three', 'one\\\ntwo three'],
    ['escaped in the quotation', 'snake\\_case \\*x\\*', 'snake\\_case \\*x\\*', 'camelCase', 'camelCase'],
    ['as it is shown, marker and all', '- [ ] buy milk', '- [ ] buy milk', '- [ ] buy oat milk', '- [ ] buy oat milk'],
    ['code, taken literally', '```text\na\n\nb * c * d\n```', 'a\n\nb * c', 'x\n\n*y*', '```text\nx\n\n*y* * d\n```'],
    ['over two blocks', '# Title\n\nBody text here', 'Title\n\nBody', 'Heading\n\nMore', '# Heading\n\nMore text here'],
    ['over list items', '- a1\n- b1\n- c1', '- a1\n- b1', '- a2\n- b2', '- a2\n- b2\n- c1'],
    ['characters outside of the BMP', 'a 😀 b', '😀', '🎉', 'a 🎉 b'],
  ])('[M9] %s', (_name, markdown, quote, replacement, expected) => {
    const doc = planOf(markdown);
    expect(edit(doc, replaceText(quote, replacement)).length).toBeGreaterThan(0);
    expect(shown(doc)).toBe(expected);
  });

  it('[M9] leaves comments and colours where they are', () => {
    const doc = planOf('The quick brown fox');
    const comment = { 'comment--abc': { orphan: false, threadId: 't' }, textColor: { stringValue: 'red' } };
    textNode(doc).format(4, 12, comment);
    edit(doc, replaceText('quick', '**slow**'));
    edit(doc, replaceText('brown fox', 'brown and tall fox'));
    expect(textNode(doc).toDelta()).toEqual([
      { insert: 'The ' },
      { insert: 'slow', attributes: { ...comment, bold: {} } },
      { insert: ' brown ', attributes: comment },
      { insert: 'and tall ', attributes: { textColor: comment.textColor } },
      { insert: 'fox' },
    ]);
  });

  it('[M9] makes one text of two when a break between them goes', () => {
    const doc = planOf('one\\\n**two**');
    edit(doc, replaceText('one\ntwo', 'one two'));
    const [place] = blockPlaces(documentOf(doc));
    expect(place!.content.length).toBe(1);
    expect(textNode(doc).toDelta()).toEqual([{ insert: 'one ' }, { insert: 'two', attributes: { bold: {} } }]);
  });

  it('[M10] reports a text that occurs more than once, with anchors and context', () => {
    const doc = planOf('a word here\n\nand a word there');
    const refusal = refusalOf(() => edit(doc, replaceText('a word', 'x')));
    expect(refusal).toMatchObject({ code: 'conflict', extra: { reason: 'ambiguous' } });
    const { blocks } = refusal.extra as { blocks: { anchor: string; text: string }[] };
    expect(blocks.map((block) => block.text)).toEqual(['a word here', 'and a word there']);
    edit(doc, replaceText('a word', 'x', blocks[1]!.anchor));
    expect(textsOf(doc)).toEqual(['a word here', 'and x there']);
  });

  it('[M10] an anchor in the quotation narrows, too', () => {
    const doc = planOf('same\n\nsame');
    const second = blocksOf(doc)[1]!.anchor;
    edit(doc, replaceText(`same {#${second}}`, `other {#${second}}`));
    expect(textsOf(doc)).toEqual(['same', 'other']);
  });

  it('[M10] reports a text that is nowhere, with what is most like it', () => {
    const doc = planOf('alpha beta\n\ngamma delta');
    const refusal = refusalOf(() => edit(doc, replaceText('gamma dlta', 'x')));
    expect(refusal).toMatchObject({ code: 'conflict', extra: { reason: 'not_found' } });
    expect(refusal.extra['blocks']).toMatchObject([{ text: 'gamma delta' }, { text: 'alpha beta' }]);
    const narrowed = refusalOf(() => edit(doc, replaceText('gamma', 'x', anchorWith(doc, 'alpha beta'))));
    expect(narrowed.extra).toMatchObject({ reason: 'not_found', blocks: [{ text: 'alpha beta' }] });
  });

  it('[M4] says which edit of several was refused', () => {
    const doc = planOf('one');
    const refusal = refusalOf(() => edit(doc, replaceText('one', 'two'), replaceText('one', 'three')));
    expect(refusal.extra).toMatchObject({ reason: 'not_found', index: 1 });
  });

  it('[M10] bounds what a quotation costs', () => {
    const doc = planOf('a'.repeat(100_000));
    expect(refusalOf(() => edit(doc, replaceText('a'.repeat(20_001), 'x'))).code).toBe('invalid_request');
    expect(refusalOf(() => edit(doc, replaceText('a'.repeat(20_000), 'x'))).message).toContain('at least 50 times');
  });

  it('[M10] refuses another number of blocks, and names the way out', () => {
    const doc = planOf('one\n\ntwo');
    for (const [quote, next] of [
      ['one\n\ntwo', 'both'],
      ['one', 'one\n\nand a half'],
    ] as const) {
      const refusal = refusalOf(() => edit(doc, replaceText(quote, next)));
      expect(refusal).toMatchObject({ code: 'conflict', extra: { reason: 'block_count' } });
      expect(refusal.message).toContain('replace_block');
    }
  });

  it('[M4] changes nothing when both readings are the same', () => {
    const doc = planOf('one **two**');
    let updates = 0;
    doc.on('update', () => updates++);
    expect(edit(doc, replaceText('one **two**', 'one **two**'))).toEqual([]);
    expect(updates).toBe(0);
  });

  it('does not write a link that a browser would run', () => {
    const doc = planOf('press here');
    edit(doc, replaceText('here', '[here](java\nscript:alert(1))'), {
      ...replaceText('press', 'x'),
      replacement: [{ text: 'go', marks: { link: ' JaVaScript:alert(1)' } }],
    } as Edit);
    expect(JSON.stringify(textNode(doc).toDelta())).not.toMatch(/"link"/);
  });
});

describe('blocks', () => {
  it('[M11] what is appended to a blank document takes its paragraph’s place and id', () => {
    const doc = seedDoc();
    edit(doc, { op: 'append', blocks: parseBlocks('# One\n\ntwo') });
    expect(blocksOf(doc)[0]!.id).toBe('initialBlockId');
    edit(doc, { op: 'prepend', blocks: parseBlocks('zero') }, { op: 'append', blocks: parseBlocks('three') });
    expect(textsOf(doc)).toEqual(['zero', 'One', 'two', 'three']);
    const ids = blocksOf(doc)
      .map((block) => block.id)
      .filter((id) => id !== 'initialBlockId');
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('insert_after puts blocks behind a block and its children, at its level', () => {
    const doc = planOf('- a\n  - b\n- c');
    const changed = edit(doc, { op: 'insert_after', block: anchorWith(doc, 'a'), blocks: parseBlocks('- x\n- y') });
    expect(shown(doc)).toBe('- a\n  - b\n- x\n- y\n- c');
    expect(changed).toEqual([anchorWith(doc, 'x'), anchorWith(doc, 'y')]);
  });

  it('[M11] the last child takes its group with it', () => {
    const doc = planOf('- a\n  - b');
    const b = anchorWith(doc, 'b');
    expect(edit(doc, { op: 'delete_block', block: b })).toEqual([b]);
    expect(blockPlaces(documentOf(doc))[0]!.node.length).toBe(1);
  });

  it('[M11] the last root block leaves an empty paragraph', () => {
    const doc = planOf('# only');
    edit(doc, { op: 'delete_block', block: anchorWith(doc, 'only') });
    expect(blocksOf(doc)).toMatchObject([{ type: 'paragraph', content: [] }]);
  });

  it('[M13] replace_block of the same type keeps id, children and looks', () => {
    const doc = planOf('- [ ] a\n  - child');
    const [place] = blockPlaces(documentOf(doc));
    place!.content.setAttribute('textColor', 'red');
    edit(doc, { op: 'replace_block', block: place!.anchor, blocks: parseBlocks('- [x] b\n\npara') });
    expect(shown(doc)).toBe('- [x] b\n  - child\n\npara');
    expect(blocksOf(doc)[0]).toMatchObject({ id: place!.id, props: { textColor: 'red', checked: true } });
  });

  it('[M13] replace_block of another type keeps id, children, comments and looks', () => {
    const doc = planOf('Some text\n\nmore');
    const [place] = blockPlaces(documentOf(doc));
    textNode(doc).format(0, 4, { 'comment--x': { threadId: 't' } });
    place!.content.setAttribute('backgroundColor', 'blue');
    edit(doc, { op: 'replace_block', block: place!.id, blocks: parseBlocks('## Some heading') });
    expect(blocksOf(doc)[0]).toMatchObject({
      id: place!.id,
      type: 'heading',
      props: { level: 2, backgroundColor: 'blue', isToggleable: false },
    });
    expect(textNode(doc).toDelta()).toEqual([
      { insert: 'Some', attributes: { 'comment--x': { threadId: 't' } } },
      { insert: ' heading' },
    ]);
    edit(doc, { op: 'replace_block', block: place!.id, blocks: parseBlocks('```ts\ncode\n```') });
    expect(shown(doc)).toBe('```ts\ncode\n```\n\nmore');
  });

  it('[M13] new children take the old ones’ ids by anchor or order; what Markdown cannot show stays', () => {
    const doc = planOf('- a\n  - b\n  - c\n  - d');
    const ids = () => blocksOf(doc)[0]!.children.map((child) => child.id);
    const [b, c, d] = ids();
    const c2 = anchorWith(doc, 'c');
    const table = new Y.XmlElement('blockContainer');
    table.insert(0, [new Y.XmlElement('table')]);
    (blockPlaces(documentOf(doc))[1]!.node.parent as Y.XmlElement).insert(1, [table]);
    edit(doc, {
      op: 'replace_block',
      block: anchorWith(doc, 'a'),
      blocks: parseBlocks(`- a\n  - new\n  - c! {#${c2}}`),
    });
    expect(ids()).toContain(c);
    expect(ids()).not.toContain(b);
    expect(ids()).not.toContain(d);
    expect(blocksOf(doc)[0]!.children.map((child) => child.type)).toEqual(expect.arrayContaining(['table']));
    expect(textsOf(doc).filter(Boolean)).toEqual(['a', 'new', 'c!']);
    edit(doc, {
      op: 'replace_block',
      block: anchorWith(doc, 'a'),
      blocks: parseBlocks('- a\n  - one\n  - two\n  - three'),
    });
    expect(textsOf(doc).filter(Boolean)).toEqual(['a', 'one', 'two', 'three']);
    expect(ids()).toContain(c);
  });

  it('[M7] a block that Markdown does not know is shown as a marker', () => {
    const doc = withTable('above\n\nbelow');
    const anchor = blocksOf(doc)[1]!.anchor;
    expect(shown(doc)).toBe(`above\n\n<block id="${anchor}" type="table"/>\n\nbelow`);
    edit(doc, replaceText('above', 'over'), replaceText('below', 'under'));
    expect(blocksOf(doc)[1]!.type).toBe('table');
    edit(doc, { op: 'delete_block', block: anchor });
    expect(shown(doc)).toBe('over\n\nunder');
  });

  it('[M8] refuses a block that is not there, or that an anchor no longer means alone', () => {
    const doc = planOf('one\n\ntwo');
    const gone = refusalOf(() => edit(doc, { op: 'delete_block', block: 'zzzzz' }));
    expect(gone).toMatchObject({
      code: 'conflict',
      extra: { reason: 'not_found', blocks: [{ text: 'one' }, { text: 'two' }] },
    });
    for (const op of ['replace_block', 'insert_after'] as const)
      expect(refusalOf(() => edit(doc, { op, block: 'zzzzz', blocks: parseBlocks('x') })).code).toBe('conflict');
  });

  it('[M14] an anchor that the document does not have is text', () => {
    const doc = planOf('one');
    const own = blocksOf(doc)[0]!.anchor;
    edit(doc, { op: 'append', blocks: parseBlocks(`two {#${own}}\n\nthree {#nope5}\n\n{#nope5}`) });
    expect(textsOf(doc)).toEqual(['one', 'two', 'three {#nope5}', '{#nope5}']);
    expect(renderBlocks(blocksOf(doc))).toContain('three \\{#nope5} {#');
  });

  it('[M15] refuses blocks that would nest deeper than readers show', () => {
    const doc = planOf('x');
    let deep = parseBlocks('x');
    for (let depth = 0; depth < 40; depth++) deep = [{ ...parseBlocks('x')[0]!, children: deep }];
    for (const op of ['append', 'prepend'] as const)
      expect(refusalOf(() => edit(doc, { op, blocks: deep })).code).toBe('invalid_request');
    for (const op of ['insert_after', 'replace_block'] as const)
      expect(refusalOf(() => edit(doc, { op, block: anchorWith(doc, 'x'), blocks: deep })).code).toBe(
        'invalid_request',
      );
  });
});
