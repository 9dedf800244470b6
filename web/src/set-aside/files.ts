import { KIND_READERS } from '@syncline/model';
import { renderDocument } from '@syncline/model/markdown';
import { DEFAULT_KIND } from '@syncline/protocol';
import * as Y from 'yjs';
import type { Version } from './store.ts';

/** A copy as text that a person can go on with: no names for agents to edit it by. */
export function markdownOf({ update }: Pick<Version, 'update'>): string {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return renderDocument(KIND_READERS[DEFAULT_KIND].read(doc), { addressable: false });
}

/** Hands a copy to the browser as a file; `md` for people, `bin` is the document itself as a Yjs update. */
export function download(version: Version, form: 'md' | 'bin'): void {
  const content = form === 'md' ? markdownOf(version) : version.update;
  const type = form === 'md' ? 'text/markdown' : 'application/octet-stream';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = `${fileNameOf(version)}.${form}`;
  link.click();
  // Not at once: the browser has only been asked to fetch it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function fileNameOf({ title, at }: Version): string {
  const when = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString();
  const plain = title
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .slice(0, 60);
  return `${plain || 'Untitled'} ${when.slice(0, 10)} ${when.slice(11, 16).replace(':', '.')}`;
}
