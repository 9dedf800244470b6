import type { Doc } from '@syncline/protocol';
import type { RootContent } from 'mdast';
import { writeMarkdown } from '../markdown/write.ts';

/** Shows an application's document as its title and a block of JSON: no one but the application knows what is text in it. */
export function renderDoc({ title, roots }: Doc): string {
  return writeMarkdown([
    { type: 'heading', depth: 1, children: [{ type: 'text', value: title || 'Untitled' }] },
    { type: 'code', lang: 'json', value: JSON.stringify(roots, null, 2) },
  ] satisfies RootContent[]);
}
