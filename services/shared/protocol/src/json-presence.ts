import type { PresenceSchema } from './presence.ts';

/** How much a client may say of itself beside who it is; what does not fit is left out, field by field. */
export const JSON_PRESENCE_LIMITS = {
  /** How deep its values nest: a relative position of Yjs in a selection is 4 deep. */
  depth: 8,
  /** How many values there are, within each other counted each. */
  values: 500,
  /** The characters of its names and texts together; of the bytes on the wire a pod takes eight times as many. */
  characters: 8_192,
} as const;

interface Left {
  values: number;
  characters: number;
}

/** For documents of applications, whose clients say of themselves what their editors have use for: any JSON. */
export const jsonPresence: PresenceSchema = (fields) => {
  const taken: Record<string, unknown> = {};
  let left: Left = JSON_PRESENCE_LIMITS;
  for (const [name, value] of Object.entries(fields)) {
    const rest = { ...left };
    const copied = copyOf({ [name]: value }, rest, JSON_PRESENCE_LIMITS.depth + 1);
    if (copied === undefined) continue;
    Object.assign(taken, copied);
    left = rest;
  }
  return taken;
};

/** @returns undefined for what is no JSON, or more than is left */
function copyOf(value: unknown, left: Left, depth: number): unknown {
  if (typeof value === 'string') left.characters -= value.length;
  if (--left.values < 0 || left.characters < 0 || depth < 0) return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const copied = copyOf(item, left, depth - 1);
      if (copied === undefined) return undefined;
      items.push(copied);
    }
    return items;
  }
  const object: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    left.characters -= name.length;
    const copied = copyOf(inner, left, depth - 1);
    // Assigned, it would be the object's prototype.
    if (copied === undefined || name === '__proto__') return undefined;
    object[name] = copied;
  }
  return object;
}
