/** What a model is told once, on connecting; below 2 KB, where clients cut. */
export const INSTRUCTIONS = `Syncline holds documents that people and agents edit together, live. What you write appears at once in the browsers of the people who have the document open, and what they write is in your next read.

Documents are named <kind>:<id>; today there are plans (plan:…). A plan has a title, a status (draft, in_review, changes_requested, approved, in_progress, done), steps that are ticked one by one, and text.

How to work:
1. create_document with title, steps and markdown. Give the person the url it answers; that is where they read, edit and tick.
2. read_document before you change anything, and again after people had time to edit. It answers Markdown.
3. update_plan ticks, adds, edits, moves and removes steps, and sets the status. Tick each step as soon as it is done, not all at the end.
4. edit_document changes the text, best by quotation (replace_text): old_text must occur exactly once.

In Markdown as read, "{@id}" behind a step is the step's id, and "{#anchor}" behind a block is the block's anchor. They name things for update_plan and edit_document and are no part of the text: never quote them or write them into it.

Changes merge with what others do meanwhile, so nobody's words are lost and no lock is needed. Pass base_rev only if a change is right for exactly that revision. All changes of one call are made, or none. When a call is refused, the answer says why and shows the current text: correct the call and send it again. After "unavailable" or "in_progress", send the same call again with the op_id that the answer names; it takes effect once.`;
