/** What one may do, each including all before it. */
export const ROLES = ['viewer', 'commenter', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether `role` includes `needed`; no role includes nothing. */
export function reaches(role: Role | null, needed: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** The lesser of two roles; none is less than any. */
export function lesser(one: Role | null, other: Role | null): Role | null {
  return reaches(one, other ?? 'viewer') ? other : one;
}
