import { lesser, type Principal, type Role } from '@syncline/protocol';

/** Who has been let in, where, and to what. Everything that is decided about a caller is decided from this. */
export interface Grant {
  workspace: string;
  principal: Principal;
  /** The role in every document that `documents` does not name; null is none. */
  role: Role | null;
  /** Roles in single documents, by `<kind>:<id>`. */
  documents: Readonly<Record<string, Role>>;
  /** What it was issued from, and falls with: `key:<id>`, `link:<id>` or `subject:<sub>`; null for what nobody can take back. */
  source: string | null;
  /** Milliseconds since 1970; null is never. */
  expiresAt: number | null;
}

/** What a grant permits, apart from whom and where. */
export type Reach = Pick<Grant, 'role' | 'documents'>;

/** The role in one document; null is none. */
export function roleOn(reach: Reach, document: string): Role | null {
  return Object.hasOwn(reach.documents, document) ? reach.documents[document]! : reach.role;
}

/** What both permit. */
export function narrow(one: Reach, other: Reach): Reach {
  const names = new Set([...Object.keys(one.documents), ...Object.keys(other.documents)]);
  const documents: Record<string, Role> = {};
  for (const name of names) {
    const role = lesser(roleOn(one, name), roleOn(other, name));
    if (role !== null) documents[name] = role;
  }
  return { role: lesser(one.role, other.role), documents };
}

/** The earlier of two ends. */
export function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** The same role in each of these documents, or in all of the workspace. */
export function reachOf(role: Role, documents: readonly string[] | null): Reach {
  if (documents === null) return { role, documents: {} };
  return { role: null, documents: Object.fromEntries(documents.map((name) => [name, role])) };
}
