// @vitest-environment jsdom
import {
  BlockNoteEditor,
  type BlockNoteEditorOptions,
  type DefaultBlockSchema,
  type DefaultInlineContentSchema,
  type DefaultStyleSchema,
  type PartialBlock,
} from '@blocknote/core';
import { blocksToYXmlFragment, withCollaboration } from '@blocknote/core/yjs';
import type { BlockInput, Run } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import {
  anchorWith,
  copyOf,
  documentOf,
  edit,
  merge,
  planOf,
  replaceText,
  seedDoc,
  structureOf,
  textsOf,
} from '../test/documents.ts';
import { guardUndo } from './index.ts';
import { parseBlocks } from './markdown/index.ts';

const RICH = `# Heading

Text with **bold**, *italic*, <u>underline</u>, ~~strike~~, \`code\` and a [link](https://example.com).\\
After a break

- one
  - nested

    a paragraph in it
- [ ] open
- [x] closed

4. four
5. five

> quotation

\`\`\`ts
const a = 1;

const b = 2;
\`\`\`
`;

/** Mounts BlockNote on a document, and counts what it writes of itself. */
async function mount(doc: Y.Doc) {
  let updates = 0;
  doc.on('update', () => updates++);
  const editor = BlockNoteEditor.create(
    withCollaboration<
      Partial<BlockNoteEditorOptions<DefaultBlockSchema, DefaultInlineContentSchema, DefaultStyleSchema>>
    >({
      collaboration: { fragment: documentOf(doc), user: { name: 'Ann', color: '#c0ffee' }, provider: {} },
    }),
  );
  const place = document.createElement('div');
  document.body.append(place);
  editor.mount(place);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { editor, updates: () => updates, close: () => editor.unmount() };
}

describe('BlockNote', () => {
  it('[M1] opens the seed, and writes nothing', async () => {
    const doc = seedDoc();
    const before = Y.encodeStateAsUpdate(doc);
    const { editor, updates, close } = await mount(doc);
    expect(editor.document).toHaveLength(1);
    expect(updates()).toBe(0);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
    close();
  });

  it('[M6] opens what we write, and writes nothing', async () => {
    const doc = planOf(RICH);
    const { editor, updates, close } = await mount(doc);
    expect(JSON.stringify(editor.document)).toContain('a paragraph in it');
    expect(updates()).toBe(0);
    close();
  });

  it('[M6] finds nothing to repair after edits of every sort, made while it is open', async () => {
    const doc = planOf(RICH);
    const { editor, updates, close } = await mount(doc);
    const agent = new Y.Doc();
    Y.applyUpdate(agent, Y.encodeStateAsUpdate(doc));
    edit(agent, replaceText('bold', '**brave** and *new*'));
    edit(agent, replaceText('After a break', 'No\nmore\nbreaks'));
    edit(agent, replaceText('\nNo\nmore', ' yes more'));
    edit(agent, replaceText('a = 1', 'a = *2*'));
    edit(agent, {
      op: 'replace_block',
      block: anchorWith(agent, 'quotation'),
      blocks: parseBlocks('## Now a heading'),
    });
    edit(agent, { op: 'replace_block', block: anchorWith(agent, 'one'), blocks: parseBlocks('- uno\n  - dos') });
    edit(agent, { op: 'delete_block', block: anchorWith(agent, 'dos') });
    edit(agent, { op: 'insert_after', block: anchorWith(agent, 'open'), blocks: parseBlocks('- [x] new') });
    edit(agent, { op: 'prepend', blocks: parseBlocks('First') }, { op: 'append', blocks: parseBlocks('Last') });
    let before = updates();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(agent, Y.encodeStateVector(doc)));
    before += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(updates()).toBe(before);
    expect(structureOf(documentOf(doc))).toEqual(structureOf(documentOf(agent)));
    const shown = editor.document.map((block) => block.type);
    expect(shown).toEqual([
      'paragraph',
      'heading',
      'paragraph',
      'bulletListItem',
      'checkListItem',
      'checkListItem',
      'checkListItem',
      'numberedListItem',
      'numberedListItem',
      'heading',
      'codeBlock',
      'paragraph',
    ]);
    expect(textsOf(doc)).toContain('Now a heading');
    close();
  });

  it('[M6] changes nothing but its own block when a person edits what we wrote', async () => {
    const doc = planOf(RICH);
    edit(doc, replaceText('quotation', ''), replaceText('After a break', 'x\ny'), replaceText('link.\nx', 'link. x'));
    const { editor, close } = await mount(doc);
    const before = structureOf(documentOf(doc));
    const heading = editor.document[0]!;
    editor.updateBlock(heading, { content: 'Heading, edited' });
    expect(JSON.stringify(structureOf(documentOf(doc)))).toBe(
      JSON.stringify(before).replace('"Heading"', '"Heading, edited"'),
    );
    close();
  });

  it('[M12] guarded, keeps an agent’s words when a person undoes an indentation', async () => {
    const doc = planOf('one\n\ntwo words');
    const { editor, close } = await mount(doc);
    const undo = undoManagerOf(editor);
    guardUndo(undo);
    editor.setTextCursorPosition(editor.document[1]!, 'end');
    editor.nestBlock();
    expect(editor.document).toHaveLength(1);
    const server = copyOf(doc);
    edit(server, replaceText('words', 'better words'));
    merge(server, doc);
    undo.undo();
    expect(textsOf(doc)).toEqual(['one', 'two better words']);
    close();
  });

  it('[M6] writes blocks as we do', () => {
    const inputs = parseBlocks(RICH);
    const ours = seedDoc();
    edit(ours, { op: 'append', blocks: inputs });
    const theirs = new Y.Doc().getXmlFragment('document');
    blocksToYXmlFragment(BlockNoteEditor.create(), inputs.map(partialBlock) as never, theirs);
    expect(withoutIds(structureOf(documentOf(ours)))).toEqual(withoutIds(structureOf(theirs)));
  });
});

function undoManagerOf(editor: Awaited<ReturnType<typeof mount>>['editor']): Y.UndoManager {
  const plugin = editor.prosemirrorState.plugins.find(
    (candidate) => candidate.getState(editor.prosemirrorState)?.undoManager,
  );
  return plugin!.getState(editor.prosemirrorState).undoManager;
}

function partialBlock({ type, props, content, children }: BlockInput): PartialBlock {
  return { type, props, content: content.map(inline), children: children.map(partialBlock) } as PartialBlock;
}

function inline({ text, marks: { link, ...styles } }: Run): unknown {
  const run = { type: 'text', text, styles };
  return link === undefined ? run : { type: 'link', href: link, content: [run] };
}

function withoutIds(structure: unknown): unknown {
  return JSON.parse(JSON.stringify(structure, (name, value: unknown) => (name === 'id' ? undefined : value)));
}
