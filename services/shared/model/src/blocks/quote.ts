/**
 * Finds the one place that a quotation means.
 *
 * Readings are tried from the most literal to the most lenient, and the first that occurs anywhere decides: it must
 * then occur exactly once (M10). A quotation never begins or ends with line breaks.
 */
import { type Edit, Refusal, type Run } from '@syncline/protocol';
import { type BlockPlace, locate, show, textOf } from './locate.ts';
import { hasText } from './read.ts';
import { wellFormed } from './surface.ts';
import { plainText, sliceRuns, splitRuns } from './runs.ts';

export type ReplaceText = Extract<Edit, { op: 'replace_text' }>;

/** A stretch of one block's text, with the readings between which it changes. */
export interface Stretch {
  place: BlockPlace;
  at: number;
  old: Run[];
  next: Run[];
}

interface Reading {
  parts: Run[][];
  nexts: Run[][];
  /** The anchor that the quotation itself ended with. */
  anchor?: string;
  /** Whether the quotation showed that it begins where a block begins (a marker), or ends where one ends (an anchor). */
  atStart?: boolean;
  atEnd?: boolean;
}

/** Longer quotations are refused, and no more matches counted: on texts made for it, a search is quadratic. */
const MAX_QUOTE = 20_000;
const MAX_MATCHES = 50;

const CONTEXT = 40;
const SHOWN = 10;
const MARKER = /^(?:#{1,6} |(?:[-*+]|\d{1,9}[.)]) (?:\[[ xX]\] )?|> )/;
const ANCHOR = / ?\{#([a-z0-9]{5,40})(?: [^{}]*)?\}$/;

/**
 * @returns the stretches to change, one for each block that is quoted
 * @throws Refusal `conflict` with `reason` `not_found`, `ambiguous` or `block_count`; `invalid_request` when too long
 */
export function findQuotation(all: readonly BlockPlace[], edit: ReplaceText): Stretch[] {
  if (edit.quote.length > MAX_QUOTE)
    throw new Refusal('invalid_request', `old_text: it is longer than ${MAX_QUOTE} characters; use replace_block.`);
  const texts = all.filter((place) => hasText(place.content));
  const narrowed = edit.block === undefined ? null : locate(all, edit.block);
  for (const reading of readingsOf(edit)) {
    const only = narrowed ?? anchored(texts, reading.anchor);
    const matches = matchesOf(texts, reading, only);
    if (matches.length > 1) throw ambiguous(matches, edit);
    const [match] = matches;
    if (!match) continue;
    if (reading.parts.length === 1 && match.places[0]!.content.nodeName === 'codeBlock')
      return [{ place: match.places[0]!, at: match.at, old: bare(reading.parts[0]!), next: codeOf(edit) }];
    if (reading.nexts.length !== reading.parts.length) throw uneven(match.places, reading);
    return match.places.map((place, index) => ({
      place,
      at: index === 0 ? match.at : 0,
      old: reading.parts[index]!,
      next: reading.nexts[index]!,
    }));
  }
  throw notFound(texts, edit, narrowed);
}

function* readingsOf(edit: ReplaceText): Generator<Reading> {
  const quote = withoutEdgeBreaks(wellFormed(edit.quote));
  const parsed = edit.quoteRuns.map((run) => ({ ...run, text: wellFormed(run.text) }));
  const same = plainText(parsed) === quote;
  const nexts = splitRuns(edit.replacement, /\n{2,}/g);
  if (quote !== '') {
    const whole = { parts: [same ? parsed : [{ text: quote, marks: {} }]], nexts: [edit.replacement] };
    yield quote.includes('\n\n') ? whole : { ...whole, nexts };
  }
  if (!same && plainText(parsed) !== '') yield { parts: [parsed], nexts };
  for (const separator of [/\n{2,}/g, /\n+/g]) {
    const parts = splitRuns(parsed, separator);
    const reading = stripped({ parts, nexts: splitRuns(edit.replacement, separator) });
    if (reading.parts.every((part) => plainText(part) !== '')) yield reading;
  }
}

/** Without what Markdown shows around a block's text: the same marker on both sides (`- `, `## `) and anchors. */
function stripped({ parts, nexts }: Reading): Reading {
  let anchor: string | undefined;
  let atStart = false;
  let atEnd = false;
  const pairs = parts.map((part, index) => {
    const next = nexts[index] ?? [];
    const marker = MARKER.exec(plainText(part))?.[0] ?? '';
    const shared = marker !== '' && plainText(next).startsWith(marker) ? marker.length : 0;
    const tail = ANCHOR.exec(plainText(part));
    if (index === 0) anchor = tail?.[1];
    if (index === 0) atStart = shared > 0;
    atEnd = tail !== null;
    return {
      part: sliceRuns(part, shared, plainText(part).length - (tail?.[0].length ?? 0)),
      next: sliceRuns(next, shared, plainText(next).length - (ANCHOR.exec(plainText(next))?.[0].length ?? 0)),
    };
  });
  const rest = nexts.slice(parts.length);
  return {
    parts: pairs.map(({ part }) => part),
    nexts: nexts.length < parts.length ? nexts : [...pairs.map(({ next }) => next), ...rest],
    anchor,
    atStart,
    atEnd,
  };
}

interface Match {
  places: BlockPlace[];
  at: number;
}

function matchesOf(texts: readonly BlockPlace[], reading: Reading, only: BlockPlace | null): Match[] {
  const parts = reading.parts.map(plainText);
  const [first] = parts as [string, ...string[]];
  const matches: Match[] = [];
  for (const [index, place] of texts.entries()) {
    if (only && place.node !== only.node) continue;
    const surface = textOf(place);
    const fits = (at: number) =>
      !(reading.atStart && at > 0) && !(reading.atEnd && parts.length === 1 && at + first.length < surface.length);
    if (parts.length === 1) {
      for (
        let at = surface.indexOf(first);
        at >= 0 && matches.length < MAX_MATCHES;
        at = surface.indexOf(first, at + 1)
      )
        if (fits(at)) matches.push({ places: [place], at });
    } else if (surface.endsWith(first) && fits(surface.length - first.length)) {
      const places = texts.slice(index, index + parts.length);
      if (places.length === parts.length && places.slice(1).every((other, n) => continues(other, parts, n + 1)))
        matches.push({ places, at: surface.length - first.length });
    }
  }
  return matches;
}

function continues(place: BlockPlace, parts: readonly string[], index: number): boolean {
  const surface = textOf(place);
  return index === parts.length - 1 ? surface.startsWith(parts[index]!) : surface === parts[index]!;
}

function anchored(texts: readonly BlockPlace[], anchor: string | undefined): BlockPlace | null {
  return (anchor === undefined ? undefined : texts.find((place) => place.anchor === anchor)) ?? null;
}

function codeOf(edit: ReplaceText): Run[] {
  return [{ text: edit.replacementText ?? plainText(edit.replacement), marks: {} }];
}

function bare(runs: readonly Run[]): Run[] {
  return [{ text: plainText(runs), marks: {} }];
}

function ambiguous(matches: readonly Match[], edit: ReplaceText): Refusal {
  return new Refusal(
    'conflict',
    `old_text: the text occurs ${matches.length < MAX_MATCHES ? matches.length : `at least ${MAX_MATCHES}`} times. Name the block with one of the anchors in "blocks", or quote more of what surrounds it.`,
    {
      reason: 'ambiguous',
      blocks: matches.slice(0, SHOWN).map(({ places, at }) => {
        const surface = textOf(places[0]!);
        const end = at + edit.quote.length + CONTEXT;
        return { ...show(places[0]!), text: surface.slice(Math.max(at - CONTEXT, 0), end) };
      }),
    },
  );
}

function uneven(places: readonly BlockPlace[], reading: Reading): Refusal {
  return new Refusal(
    'conflict',
    `new_text: it has ${reading.nexts.length} blocks where old_text has ${reading.parts.length}. Use replace_block, insert_after or delete_block to change how many blocks there are.`,
    { reason: 'block_count', blocks: places.slice(0, SHOWN).map(show) },
  );
}

function notFound(texts: readonly BlockPlace[], edit: ReplaceText, narrowed: BlockPlace | null): Refusal {
  const shown = narrowed ? [{ ...show(narrowed), text: textOf(narrowed) }] : closest(texts, edit.quote).map(show);
  return new Refusal(
    'conflict',
    narrowed
      ? `old_text: block "${narrowed.anchor}" does not have this text. Its current text is in "blocks"; quote from that.`
      : 'old_text: the document does not have this text. The blocks most like it are in "blocks"; quote their current text exactly, or read the document again.',
    { reason: 'not_found', blocks: shown },
  );
}

/** The blocks that share the most words with a quotation. */
function closest(texts: readonly BlockPlace[], quote: string): BlockPlace[] {
  const wanted = new Set(wordsOf(quote));
  return texts
    .map((place) => ({ place, shared: new Set(wordsOf(textOf(place)).filter((word) => wanted.has(word))).size }))
    .toSorted((a, b) => b.shared - a.shared)
    .slice(0, SHOWN)
    .map(({ place }) => place);
}

function withoutEdgeBreaks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text[from] === '\n') from++;
  while (to > from && text[to - 1] === '\n') to--;
  return text.slice(from, to);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
