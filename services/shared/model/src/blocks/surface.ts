/**
 * A block's text as one string, and the changes that may be made to it.
 *
 * A hard break (an element between two XmlTexts) reads as `\n`, anything else that is not text as U+FFFC, each one
 * character long. Positions are positions in that string. Text nodes are kept wherever they can be, even when they
 * become empty, because a person may be typing in one of them.
 */
import type { Run } from '@syncline/protocol';
import * as Y from 'yjs';
import { type Attributes, attributesOf, marksOf, sameMarks } from './marks.ts';
import { type Element, isElement } from './walk.ts';

export const OBJECT = '\uFFFC';

interface Piece {
  node: Y.XmlText | Element;
  /** Where among the element's children it is, */
  index: number;
  /** and where in the surface. */
  start: number;
  length: number;
}

interface DeltaOp {
  insert: unknown;
  attributes?: Attributes;
}

/** The text of a block. */
export function surfaceOf(element: Element): string {
  return chunks(element)
    .map((chunk) => chunk.text)
    .join('');
}

/** The text of a block with what Markdown shows of its marks. */
export function runsOf(element: Element): Run[] {
  const runs: Run[] = [];
  for (const { text, attributes } of chunks(element)) {
    const marks = marksOf(attributes);
    const last = runs.at(-1);
    if (last && sameMarks(last.marks, marks)) last.text += text;
    else runs.push({ text, marks });
  }
  return runs;
}

/** The text of one XmlText, wherever it lies. */
export function runsOfText(text: Y.XmlText): Run[] {
  return deltaOf(text).map((op) => ({ text: textOf(op), marks: marksOf(op.attributes) }));
}

/** The text of a block for search: what is no text in it is left out. Half the work of {@link surfaceOf}. */
export function plainTextOf(element: Element): string {
  return (element.toArray() as unknown[])
    .map((node) =>
      node instanceof Y.XmlText ? plainTextOfText(node) : isElement(node) && node.nodeName === 'hardBreak' ? '\n' : '',
    )
    .join('');
}

/** The same of one XmlText. Its own `toString` would write marks as tags. */
export function plainTextOfText(text: Y.XmlText): string {
  return Y.Text.prototype.toString.call(text);
}

/** The formats of every character from `from` to `to`; one entry for each run. */
export function formatsBetween(element: Element, from: number, to: number): Attributes[] {
  const formats: Attributes[] = [];
  let at = 0;
  for (const { text, attributes } of chunks(element)) {
    if (at < to && at + text.length > from) formats.push(attributes);
    at += text.length;
  }
  return formats;
}

/** Deletes a range; two text nodes between which a break was are made one. */
export function deleteRange(element: Element, from: number, to: number): void {
  for (const piece of piecesOf(element).toReversed()) {
    const start = Math.max(from - piece.start, 0);
    const end = Math.min(to - piece.start, piece.length);
    if (start >= end) continue;
    if (piece.node instanceof Y.XmlText) {
      piece.node.delete(start, end - start);
    } else {
      element.delete(piece.index, 1);
      fuse(element, piece.index - 1);
    }
  }
}

/** Inserts text under exactly these formats; outside of code each `\n` becomes a hard break. */
export function insertText(element: Element, at: number, text: string, attributes: Attributes): void {
  const [line, ...more] = element.nodeName === 'codeBlock' ? [text] : text.split('\n');
  if (line) insertLine(element, at, line, attributes);
  let position = at + line!.length;
  for (const next of more) {
    insertBreak(element, position);
    position += 1;
    if (next) insertLine(element, position, next, attributes);
    position += next.length;
  }
}

/** Changes the formats of a range; null removes one. */
export function formatRange(element: Element, from: number, to: number, changes: Attributes): void {
  for (const piece of piecesOf(element)) {
    const start = Math.max(from - piece.start, 0);
    const end = Math.min(to - piece.start, piece.length);
    if (start < end && piece.node instanceof Y.XmlText) piece.node.format(start, end - start, changes);
  }
}

/** Writes runs into an element that has no text yet, as BlockNote would. */
export function writeRuns(element: Element, runs: readonly Run[]): void {
  const isCode = element.nodeName === 'codeBlock';
  let delta: DeltaOp[] = [];
  const nodes: (Y.XmlText | Y.XmlElement)[] = [];
  const flush = () => {
    if (delta.length > 0) nodes.push(textNode(delta));
    delta = [];
  };
  for (const run of runs) {
    const attributes = isCode ? {} : attributesOf(run.marks);
    const lines = isCode ? [wellFormed(run.text)] : wellFormed(run.text).split('\n');
    for (const [index, line] of lines.entries()) {
      if (index > 0) {
        flush();
        nodes.push(new Y.XmlElement('hardBreak'));
      }
      if (line) delta.push({ insert: line, attributes });
    }
  }
  flush();
  if (nodes.length > 0) element.insert(0, nodes);
}

/** Text as Yjs can carry it: no halves of surrogate pairs, which each replica would read differently. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').toWellFormed();
}

function chunks(element: Element): { text: string; attributes: Attributes }[] {
  const all: { text: string; attributes: Attributes }[] = [];
  for (const piece of piecesOf(element)) {
    if (piece.node instanceof Y.XmlText) {
      for (const op of deltaOf(piece.node)) all.push({ text: textOf(op), attributes: op.attributes ?? {} });
    } else {
      all.push({ text: piece.node.nodeName === 'hardBreak' ? '\n' : OBJECT, attributes: {} });
    }
  }
  return all;
}

function piecesOf(element: Element): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const [index, node] of (element.toArray() as unknown[]).entries()) {
    if (!(node instanceof Y.XmlText || node instanceof Y.XmlElement)) continue;
    const length = node instanceof Y.XmlText ? node.length : 1;
    pieces.push({ node: node as Y.XmlText | Element, index, start, length });
    start += length;
  }
  return pieces;
}

function insertLine(element: Element, at: number, text: string, attributes: Attributes): void {
  const pieces = piecesOf(element);
  const home =
    pieces.find((piece) => piece.node instanceof Y.XmlText && at > piece.start && at <= piece.start + piece.length) ??
    pieces.find((piece) => piece.node instanceof Y.XmlText && at === piece.start);
  if (home) {
    (home.node as Y.XmlText).insert(at - home.start, text, attributes);
  } else {
    const next = pieces.find((piece) => piece.start >= at);
    element.insert(next?.index ?? element.length, [textNode([{ insert: text, attributes }])]);
  }
}

function insertBreak(element: Element, at: number): void {
  const pieces = piecesOf(element);
  const home = pieces.find(
    (piece) => piece.node instanceof Y.XmlText && at > piece.start && at < piece.start + piece.length,
  );
  if (home) {
    const text = home.node as Y.XmlText;
    const tail = tailOf(deltaOf(text), at - home.start);
    text.delete(at - home.start, home.length - (at - home.start));
    element.insert(home.index + 1, [new Y.XmlElement('hardBreak'), textNode(tail)]);
  } else {
    const next = pieces.find((piece) => piece.start >= at && piece.start + piece.length > at);
    element.insert(next?.index ?? element.length, [new Y.XmlElement('hardBreak')]);
  }
}

function fuse(element: Element, index: number): void {
  if (index < 0 || index + 1 >= element.length) return;
  const left: unknown = element.get(index);
  const right: unknown = element.get(index + 1);
  if (!(left instanceof Y.XmlText && right instanceof Y.XmlText)) return;
  const delta = deltaOf(right);
  element.delete(index + 1, 1);
  if (delta.length > 0)
    left.applyDelta([...(left.length > 0 ? [{ retain: left.length }] : []), ...delta], { sanitize: false });
}

function tailOf(delta: DeltaOp[], from: number): DeltaOp[] {
  const tail: DeltaOp[] = [];
  let at = 0;
  for (const op of delta) {
    const length = typeof op.insert === 'string' ? op.insert.length : 1;
    if (at + length > from)
      tail.push(typeof op.insert === 'string' ? { ...op, insert: op.insert.slice(Math.max(from - at, 0)) } : op);
    at += length;
  }
  return tail;
}

function textNode(delta: DeltaOp[]): Y.XmlText {
  const text = new Y.XmlText();
  text.applyDelta(delta, { sanitize: false });
  return text;
}

function deltaOf(text: Y.XmlText): DeltaOp[] {
  return text.toDelta() as DeltaOp[];
}

function textOf(op: DeltaOp): string {
  return typeof op.insert === 'string' ? op.insert : OBJECT;
}
