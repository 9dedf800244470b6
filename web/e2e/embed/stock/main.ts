import { HocuspocusProvider } from '@hocuspocus/provider';
import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret';
import { StarterKit } from '@tiptap/starter-kit';

const of = new URLSearchParams(location.search);
const provider = new HocuspocusProvider({
  url: of.get('url')!,
  name: of.get('name')!,
  token: of.get('token')!,
});
provider.on('synced', () => {
  const element = document.getElementById('editor')!;
  const user = { name: of.get('user'), color: '#f783ac' };
  void new Editor({
    element,
    extensions: [
      StarterKit.configure({ undoRedo: false }),
      Collaboration.configure({ document: provider.document }),
      CollaborationCaret.configure({ provider, user }),
    ],
    editorProps: { attributes: { 'aria-label': 'Notes' } },
  });
});
