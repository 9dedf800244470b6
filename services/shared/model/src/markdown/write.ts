/**
 * The syntax tree as Markdown, with two nodes that mdast does not have: `raw` text that is written as it is (anchors,
 * tags), and `underline`. Everything else is escaped where it would read as syntax, braces that look like ours too.
 */
import type { Literal, Parent, Parents, PhrasingContent, RootContent, Text } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import { type Info, type State, toMarkdown } from 'mdast-util-to-markdown';

interface Raw extends Literal {
  type: 'raw';
}

interface Underline extends Parent {
  type: 'underline';
  children: PhrasingContent[];
}

declare module 'mdast' {
  interface PhrasingContentMap {
    raw: Raw;
    underline: Underline;
  }
  interface RootContentMap {
    raw: Raw;
    underline: Underline;
  }
}

/** `peek` tells the neighbour on the left which character follows it. */
const raw = Object.assign((node: Raw) => node.value, { peek: (node: Raw) => node.value.charAt(0) });

const underline = Object.assign(
  (node: Underline, _parent: Parents | undefined, state: State, info: Info) => {
    const tracker = state.createTracker(info);
    let value = tracker.move('<u>');
    // Its children are phrasing, as a paragraph's are; the types know only mdast's own parents.
    const parent = node as unknown as Parameters<State['containerPhrasing']>[0];
    value += tracker.move(state.containerPhrasing(parent, { ...tracker.current(), before: '>', after: '<' }));
    return value + tracker.move('</u>');
  },
  { peek: () => '<' },
);

/**
 * The library knows that a character next to `*` or `_` may become a reference (so that an underscore behind it has to
 * be escaped), but not that one next to `~` may, too.
 */
function text(node: Text, _parent: Parents | undefined, state: State, info: Info): string {
  return state.safe(node.value, {
    ...info,
    before: info.before.replace(/~$/, '*'),
    after: info.after.replace(/^~/, '*'),
  });
}

/** Writes nodes as Markdown, with an empty line between blocks and one line break at the end. */
export function writeMarkdown(children: RootContent[]): string {
  return toMarkdown(
    { type: 'root', children },
    {
      bullet: '-',
      bulletOther: '*',
      emphasis: '*',
      rule: '*',
      fences: true,
      listItemIndent: 'one',
      extensions: [gfmToMarkdown()],
      handlers: { raw, text, underline },
      unsafe: [
        { character: '{', after: '[#@:]', inConstruct: 'phrasing' },
        { character: '<', inConstruct: 'destinationRaw' },
      ],
    },
  );
}
