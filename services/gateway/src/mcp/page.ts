import { Refusal } from '@syncline/protocol';

export interface Page {
  text: string;
  /** What the reader must know before the text. */
  note?: string;
  /** How to get the rest. */
  more?: string;
}

/**
 * One page of a document's Markdown, cut at the border of a block (within a block only if it alone is longer than a
 * page). A cursor is the revision and the place it was made at.
 * @throws Refusal `invalid_request` for a cursor that was not given here
 */
export function page(
  markdown: string,
  options: { revision: number; cursor?: string | undefined; characters: number },
): Page {
  const from = options.cursor === undefined ? { revision: options.revision, offset: 0 } : readCursor(options.cursor);
  if (from === null || (from.offset > 0 && from.offset >= markdown.length && from.revision === options.revision))
    throw new Refusal(
      'invalid_request',
      'The cursor is not one that read_document gave. Read again without a cursor.',
      {
        errors: [{ field: 'cursor', message: 'not a cursor of read_document' }],
      },
    );

  const result: Page = { text: '' };
  if (from.revision !== options.revision)
    result.note =
      `note: the document has changed since the page before (rev ${from.revision}), so text at this page’s ` +
      'beginning may be missing or repeated. Read again without a cursor if that matters.';
  const end = endOfPage(markdown, from.offset, options.characters);
  result.text = markdown.slice(from.offset, end).trim();
  if (end < markdown.length)
    result.more =
      `— ${markdown.length - end} more characters. Call read_document again with ` +
      `cursor: "${options.revision}.${end}" —`;
  return result;
}

function readCursor(cursor: string): { revision: number; offset: number } | null {
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor);
  return match === null ? null : { revision: Number(match[1]), offset: Number(match[2]) };
}

function endOfPage(markdown: string, start: number, characters: number): number {
  if (markdown.length - start <= characters) return markdown.length;
  let end = start;
  for (const border of borders(markdown)) {
    if (border - start > characters) break;
    if (border > start) end = border;
  }
  if (end > start) return end;
  const cut = start + characters;
  // Never between the halves of one character.
  return /[\ud800-\udbff]/.test(markdown[cut - 1]!) ? cut - 1 : cut;
}

/** Where blocks begin: at a line after a blank one or one that opens a list item, outside of fenced code. */
function* borders(markdown: string): Generator<number> {
  let offset = 0;
  let fence: string | null = null;
  let afterBlank = false;
  for (const line of markdown.split('\n')) {
    const mark = /^\s*(?:[-*+] |\d+[.)] )*\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === null && offset > 0 && line !== '' && (afterBlank || /^\s*(?:[-*+]|\d+[.)]) /.test(line)))
      yield offset;
    if (fence === null) fence = mark ?? null;
    else if (mark !== undefined && mark.startsWith(fence)) fence = null;
    afterBlank = line.trim() === '';
    offset += line.length + 1;
  }
}
