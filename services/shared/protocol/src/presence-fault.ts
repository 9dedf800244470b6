/**
 * What is wrong with a plan's client state that is to have been checked, told without the checking code.
 * @param as whose it is to be
 * @returns the empty string for nothing
 */
export function presenceFault(state: unknown, as: { id: string; kind: string }): string {
  const { user = {}, cursor, ...rest } = Object(state) as Record<string, Record<string, unknown> | undefined>;
  const { id, kind, name, color, ...more } = user;
  const positions = [cursor?.['anchor'], cursor?.['head']] as unknown[];
  const wrong = {
    fields: Object.keys({ ...rest, ...more }).length > 0,
    whose: id !== as.id || kind !== as.kind,
    name: typeof name !== 'string' || name.trim() === '' || [...name].length > 60 || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name),
    color: color !== undefined && !/^#[0-9A-Fa-f]{6}$/.test(String(color)),
    cursor: cursor !== undefined && (Object.keys(cursor).length !== 2 || !positions.every(isPosition)),
  };
  return Object.entries(wrong)
    .filter(([, is]) => is)
    .map(([what]) => `${what}: ${JSON.stringify(state)}`)
    .join();
}

function isPosition(position: unknown): boolean {
  const { type, tname, item, assoc, ...rest } = Object(position) as Record<string, unknown>;
  const isId = (id: unknown) => id === null || /^\{"client":\d+,"clock":\d+\}$/.test(JSON.stringify(id));
  const isSomewhere = type !== null || tname !== null || item !== null;
  const isInText = tname === null || tname === 'document';
  return (
    isSomewhere && isInText && isId(type) && isId(item) && Number.isInteger(assoc) && Object.keys(rest).length === 0
  );
}
