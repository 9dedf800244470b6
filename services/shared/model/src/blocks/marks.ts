import type { Marks } from '@syncline/protocol';

/** A text run's formats as Yjs keeps them, among them ones that Markdown does not know (colours, comments). */
export type Attributes = Record<string, unknown>;

export const FLAG_MARKS = ['bold', 'italic', 'underline', 'strike', 'code'] as const;

const DANGEROUS_LINK = /^(javascript|data|vbscript):/i;

/** What of a run's formats Markdown can show. */
export function marksOf(attributes: Attributes | undefined): Marks {
  const marks: Marks = {};
  if (!attributes) return marks;
  for (const flag of FLAG_MARKS) if (attributes[flag]) marks[flag] = true;
  const link = attributes['link'];
  if (link !== null && typeof link === 'object' && 'href' in link && typeof link.href === 'string')
    marks.link = link.href;
  return marks;
}

/** Marks in the form in which BlockNote writes them. A link that a browser would run as code is left out. */
export function attributesOf(marks: Marks): Attributes {
  const attributes: Attributes = {};
  for (const flag of FLAG_MARKS) if (marks[flag]) attributes[flag] = {};
  if (marks.link !== undefined && isHarmless(marks.link)) attributes['link'] = { href: marks.link };
  return attributes;
}

/**
 * The formats that turn text under `from` into text under `to`, where both were parsed from Markdown: null takes a mark
 * away, and what both agree on is not touched.
 */
export function markChanges(from: Marks, to: Marks): Attributes {
  const changes: Attributes = {};
  for (const flag of FLAG_MARKS) if (from[flag] !== to[flag]) changes[flag] = to[flag] ? {} : null;
  if (from.link !== to.link) changes['link'] = attributesOf(to)['link'] ?? null;
  return changes;
}

/** Carries out changes of formats; null removes one. */
export function withChanges(attributes: Attributes, changes: Attributes): Attributes {
  const changed: Attributes = {};
  for (const [name, value] of Object.entries({ ...attributes, ...changes })) if (value !== null) changed[name] = value;
  return changed;
}

export function sameMarks(a: Marks, b: Marks): boolean {
  return FLAG_MARKS.every((flag) => a[flag] === b[flag]) && a.link === b.link;
}

function isHarmless(href: string): boolean {
  // oxlint-disable-next-line no-control-regex -- browsers skip control characters in a scheme
  return !DANGEROUS_LINK.test(href.replaceAll(/[\u0000-\u0020]/g, ''));
}
