import type { Plan, Step } from '@syncline/protocol';
import type { BlockContent, ListItem, PhrasingContent, RootContent } from 'mdast';
import { phrasing } from './phrasing.ts';
import { flow } from './render.ts';
import { writeMarkdown } from './write.ts';

/**
 * Renders a plan: its title, a line with its other fields, `## Steps` with each step's id in `{@…}`, a rule, and its
 * text with each block's anchor in `{#…}`.
 */
export function renderPlan(plan: Plan): string {
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
          { type: 'raw', value: `${step.title ? ' ' : ''}{@${step.id.replaceAll(/[^\w-]/g, '')}}` },
          ...(step.assignee ? line(` · ${step.assignee}`) : []),
        ],
      },
      ...note,
    ],
  };
}

/** Plain text that stays on one line. */
function line(text: string): PhrasingContent[] {
  return phrasing(unmarked(text.replaceAll(/[\r\n]+/g, ' ')), { breaks: false });
}

function unmarked(text: string) {
  return [{ text, marks: {} }];
}
