import './blocknote.css';
import './plan-editor.css';
import { createExtension } from '@blocknote/core';
import { type CollaborationOptions, withCollaboration } from '@blocknote/core/yjs';
import { BlockNoteView } from '@blocknote/mantine';
import { useCreateBlockNote } from '@blocknote/react';
import { useComputedColorScheme } from '@mantine/core';
import type { DocumentSession } from '@syncline/client';
import { planRoots } from '@syncline/model';
import { useEffect } from 'react';
import { yUndoPluginKey } from 'y-prosemirror';
import { type Caret, placeCaret } from './caret.ts';
import { changedBlocksPlugin } from './changed-blocks.ts';
import { EditorForms } from './editor-forms.tsx';
import { followingPlugin } from './following.ts';
import { planSchema } from './plan-schema.ts';
import type { PlanUndo } from './plan-undo.ts';

export interface LiveEditorProps {
  session: DocumentSession;
  undo: PlanUndo;
  readOnly: boolean;
  /** Where the one before it had the caret. */
  caret: Caret | null;
  /** It has stopped following the document, and must be replaced. */
  onFailed: (error: unknown) => void;
}

/** Mount it only on an opened session: an editor on an unseeded document would begin one of its own. */
export function LiveEditor({ session, undo, readOnly, caret, onFailed }: LiveEditorProps) {
  const colorScheme = useComputedColorScheme('light');
  const editor = useCreateBlockNote(
    withCollaboration({
      schema: planSchema,
      collaboration: {
        fragment: planRoots(session.doc).document,
        provider: { awareness: session.awareness } as unknown as CollaborationOptions['provider'],
        user: session.user,
      },
      extensions: [
        createExtension({
          key: 'following',
          prosemirrorPlugins: [followingPlugin(onFailed), changedBlocksPlugin(session.awareness)],
        }),
      ],
      // It leaves headings that came from others in the size of what they were before.
      disableExtensions: ['previousBlockType'],
      // Each block runs in the direction of its own text.
      domAttributes: { editor: { 'aria-label': 'Plan text' }, block: { dir: 'auto' } },
      placeholders: {
        default: 'Write, or type / for headings, lists and code',
        emptyDocument: 'What is this plan about, and why?',
      },
    }),
    [session],
  );
  useEffect(() => {
    const manager = yUndoPluginKey.getState(editor.prosemirrorState)?.undoManager;
    return manager ? undo.attachText(manager) : undefined;
  }, [editor, undo]);
  useEffect(() => {
    if (caret) placeCaret(editor.prosemirrorView, caret);
    // eslint-disable-next-line react/exhaustive-deps -- once, when the editor is new
  }, [editor]);
  return (
    <BlockNoteView
      className="plan-editor"
      editor={editor}
      editable={!readOnly}
      theme={colorScheme}
      formattingToolbar={false}
      linkToolbar={false}
      filePanel={false}
    >
      <EditorForms document={session.name} />
    </BlockNoteView>
  );
}
