/** What somebody does in a document who acts on it through the gateway. */
export type Activity =
  | { type: 'reading' }
  | {
      type: 'editing';
      /** The document's revision with what was changed. */
      revision: number;
      /** Ids of steps and anchors of blocks, as commands answer them; of many only the last. */
      changed: string[];
    };

/** How many changed places are told of one who edits, and how long the name of one may be. */
export const MAX_CHANGED = 50;
const MAX_CHANGED_LENGTH = 128;

/** @returns null for what is none, or of a kind that is not known here */
export function readActivity(value: unknown): Activity | null {
  const { type, revision, changed } = Object(value) as Record<string, unknown>;
  if (type === 'reading') return { type };
  if (type !== 'editing' || !Number.isSafeInteger(revision) || !Array.isArray(changed)) return null;
  return { type, revision: revision as number, changed: changed.filter(isPlace).slice(-MAX_CHANGED) };
}

function isPlace(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_CHANGED_LENGTH;
}
