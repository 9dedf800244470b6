import type { KindTexts } from '../kind.ts';

export const PLAN_TEXTS: KindTexts = {
  plural: 'plans (plan:…)',
  has:
    'A plan has a title, a status (draft, in_review, changes_requested, approved, in_progress, done), steps that are ' +
    'ticked one by one, and text.',
  work: `How to work:
1. create_document with title, steps and markdown. Give the person the url it answers; that is where they read, edit and tick.
2. read_document before you change anything, and again after people had time to edit. It answers Markdown.
3. update_plan ticks, adds, edits, moves and removes steps, and sets the status. Tick each step as soon as it is done, not all at the end.
4. edit_document changes the text, best by quotation (replace_text): old_text must occur exactly once.

In Markdown as read, "{@id}" behind a step is the step's id, and "{#anchor}" behind a block is the block's anchor. They name things for update_plan and edit_document and are no part of the text: never quote them or write them into it.`,
  creating:
    'Makes a plan that people open, review and edit live with you. Put what is to be done into steps (short titles, ' +
    'one action each): people and agents tick them one by one. Put background, decisions and open questions into ' +
    'markdown, without repeating title or steps. Answers with the document’s name, the ids of its steps, and the url ' +
    'to give to the person.',
  reading:
    'A step reads "- [x] 1. Title {@id}": the id in {@…} is what update_plan takes as step. A block of text ends in ' +
    'its anchor, {#anchor}: what edit_document takes as block. Anchors and ids are not part of the text; never quote ' +
    'them.',
  besideText: 'Steps and title are changed with update_plan.',
};
