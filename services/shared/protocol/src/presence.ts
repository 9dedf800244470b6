/**
 * What clients say of themselves, made safe to pass on and to draw. Checked twice by the same rules: by the pod, before
 * anyone else hears of it, and by the page, which may be behind an older pod. Without zod, for the page's sake.
 */
import { type Activity, readActivity } from './activity.ts';

/** Who somebody is, as the others may see it. */
export interface PresentUser {
  /** Together with `kind`, one person or agent: given by the pod. */
  id: string;
  kind: 'human' | 'agent';
  name: string;
  /** `#rrggbb`; left out, whoever draws them chooses. */
  color?: string;
  /** Of those who act through the gateway, and of nobody else: given by the pod. */
  activity?: Activity;
}

/** Whom a pod knows somebody as. */
export type KnownUser = Pick<PresentUser, 'id' | 'kind' | 'name'>;

/** What is passed on of a client: who it is, and what its kind of document lets it say beside that. */
export interface PresenceState {
  user: PresentUser;
  [field: string]: unknown;
}

/** What clients of one kind of document may say: makes of all but `user` what may be passed on. It never throws. */
export type PresenceSchema = (fields: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** Longest name that is shown of somebody, in characters. */
export const MAX_PRESENT_NAME = 60;
const MAX_ID = 128;
/** Accents and signs of one letter; a stack of them is drawn over the lines above. */
const TOO_MANY_MARKS = /((?:[\u200c\u200d]*\p{M}){4})[\p{M}\u200c\u200d]+/gu;
/** What cannot be seen, or turns the text around it about; not the joiners that scripts and emoji need. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cf}\p{Cs}\p{Co}]/gu;
const COLOR = /^#[0-9a-f]{6}$/i;

/**
 * What of a client's state may be passed on. Whoever says anything is there, if by nothing more than their id.
 * @param as whom the pod knows the client as; left out, `id`, `kind` and `activity` have been given by another pod
 */
export function checkPresence(
  state: unknown,
  { client, schema, as }: { client: number; schema: PresenceSchema; as?: KnownUser | undefined },
): PresenceState {
  const { user, ...fields } = isRecord(state) ? state : {};
  return { ...schema(fields), user: checkUser(isRecord(user) ? user : {}, client, as) };
}

/** Whether they are the same person or agent. */
export function isSameUser(one: Pick<PresentUser, 'id' | 'kind'>, other: Pick<PresentUser, 'id' | 'kind'>): boolean {
  return one.id === other.id && one.kind === other.kind;
}

/** A name as it is shown: one line of whole, visible characters. May be empty. */
export function presentName(name: string): string {
  const oneLine = name
    .slice(0, 20 * MAX_PRESENT_NAME)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replaceAll(UNSEEN, '')
    .replaceAll(TOO_MANY_MARKS, '$1')
    .trim();
  return [...oneLine].slice(0, MAX_PRESENT_NAME).join('').trim();
}

/**
 * For documents whose text is edited by y-prosemirror: where somebody's caret is.
 * @param root the name of the text's root; positions elsewhere are none
 */
export function textCursorSchema(root: string): PresenceSchema {
  return ({ cursor }) => {
    if (!isRecord(cursor)) return {};
    const [anchor, head] = [readPosition(cursor['anchor'], root), readPosition(cursor['head'], root)];
    return anchor && head ? { cursor: { anchor, head } } : {};
  };
}

function checkUser(user: Record<string, unknown>, client: number, as?: KnownUser): PresentUser {
  const { id, kind, name, color } = user;
  const activity = as ? null : readActivity(user['activity']);
  return {
    id: as?.id ?? (typeof id === 'string' && id !== '' && id.length <= MAX_ID ? id : String(client)),
    kind: as?.kind ?? (kind === 'agent' ? 'agent' : 'human'),
    name: (typeof name === 'string' && presentName(name)) || presentName(as?.name ?? '') || 'Anonymous',
    ...(typeof color === 'string' && COLOR.test(color) && { color }),
    ...(activity && { activity }),
  };
}

interface ItemId {
  client: number;
  clock: number;
}

/** A relative position of Yjs, as JSON. */
interface Position {
  type: ItemId | null;
  tname: string | null;
  item: ItemId | null;
  assoc: number;
}

/** @returns null for what is no position: Yjs and y-prosemirror throw on it, or look for it in vain */
function readPosition(value: unknown, root: string): Position | null {
  if (!isRecord(value)) return null;
  const { type = null, tname = null, item = null, assoc = 0 } = value;
  if (!isNullOr(isItemId, type) || !isNullOr(isItemId, item) || (tname !== null && tname !== root)) return null;
  if (type === null && tname === null && item === null) return null;
  if (assoc !== 0 && assoc !== -1 && assoc !== 1) return null;
  return { type: copyOf(type), tname, item: copyOf(item), assoc };
}

function isItemId(value: unknown): value is ItemId {
  return isRecord(value) && isCount(value['client']) && isCount(value['clock']);
}

function isNullOr<T>(is: (value: unknown) => value is T, value: unknown): value is T | null {
  return value === null || is(value);
}

function copyOf(id: ItemId | null): ItemId | null {
  return id && { client: id.client, clock: id.clock };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
