import { told } from '../kinds.ts';

/** What a model is told once, on connecting; below 2 KB, where clients cut. */
export const INSTRUCTIONS = `Syncline holds documents that people and agents edit together, live. What you write appears at once in the browsers of the people who have the document open, and what they write is in your next read.

Documents are named <kind>:<id>; today there are ${told('plural', ' and ')}. ${told('has')}

${told('work', '\n\n')}

Changes merge with what others do meanwhile, so nobody's words are lost and no lock is needed. Pass base_rev only if a change is right for exactly that revision. All changes of one call are made, or none. When a call is refused, the answer says why and shows the current text: correct the call and send it again. After "unavailable" or "in_progress", send the same call again with the op_id that the answer names; it takes effect once.`;
