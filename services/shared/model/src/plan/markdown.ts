import type { Block, Plan, Step } from '@syncline/protocol';
import type { BlockContent, ListItem, PhrasingContent, RootContent } from 'mdast';
import { phrasing } from '../markdown/phrasing.ts';
import { flow } from '../markdown/render.ts';
import { writeMarkdown } from '../markdown/write.ts';

/**
 * Renders a plan: its title, a line with its other fields, `## Steps` with each step's id in `{@…}`, a rule, and its
 * text with each block's anchor in `{#…}`.
 * @param addressable false for people: without ids and anchors
 */
export function renderPlan(whole: Plan, { addressable = true } = {}): string {
  const plan = addressable ? whole : anonymous(whole);
  return writeMarkdown([
    { type: 'heading', depth: 1, children: line(plan.title || 'Untitled') },
    { type: 'paragraph', children: fields(plan) },
    { type: 'heading', depth: 2, children: line('Steps') },
    plan.steps.length > 0
      ? { type: 'list', ordered: false, spread: false, children: plan.steps.map(stepItem) }
      : { type: 'paragraph', children: line('No steps yet.') },
    { type: 'thematicBreak' },
    ...flow(plan.blocks),
  ] satisfies RootContent[]);
}

function fields({ status, owner, repo, pr }: Plan): PhrasingContent[] {
  const named = { Status: status, Owner: owner, Repository: repo, 'Pull request': pr };
  const shown = Object.entries(named).filter(([, value]) => value !== '');
  return shown.flatMap(([name, value], index) => line(`${index > 0 ? ' · ' : ''}${name}: ${value}`));
}

function stepItem(step: Step, index: number): ListItem {
  const note: BlockContent[] = step.note
    ? [
        {
          type: 'blockquote',
          children: [{ type: 'paragraph', children: phrasing(unmarked(step.note), { breaks: true }) }],
        },
      ]
    : [];
  return {
    type: 'listItem',
    checked: step.done,
    spread: false,
    children: [
      {
        type: 'paragraph',
        children: [
          { type: 'raw', value: `${index + 1}. ` },
          ...line(step.title),
          ...(step.id ? named(step) : []),
          ...(step.assignee ? line(` · ${step.assignee}`) : []),
        ],
      },
      ...note,
    ],
  };
}

function named({ id, title }: Step): PhrasingContent[] {
  return [{ type: 'raw', value: `${title ? ' ' : ''}{@${id.replaceAll(/[^\w-]/g, '')}}` }];
}

/** A block without an anchor, and a step without an id, is rendered without. */
function anonymous(plan: Plan): Plan {
  const nameless = (block: Block): Block => ({ ...block, anchor: '', children: block.children.map(nameless) });
  return { ...plan, steps: plan.steps.map((step) => ({ ...step, id: '' })), blocks: plan.blocks.map(nameless) };
}

/** Plain text that stays on one line. */
function line(text: string): PhrasingContent[] {
  return phrasing(unmarked(text.replaceAll(/[\r\n]+/g, ' ')), { breaks: false });
}

function unmarked(text: string) {
  return [{ text, marks: {} }];
}
