import { DEFAULT_WORKSPACE, type Role, ROLES } from '@syncline/protocol';

/** What a token says of itself. The server decides by it; here it only chooses what is shown. */
export interface Claims {
  workspace: string;
  /** In every document that `documents` does not name; null is none. */
  role: Role | null;
  documents: Readonly<Record<string, Role>>;
  /** What it was issued from: `key:<id>`, `link:<id>`. */
  source: string | null;
  /** Milliseconds since 1970; null is never. */
  expiresAt: number | null;
}

const NOTHING: Claims = { workspace: DEFAULT_WORKSPACE, role: null, documents: {}, source: null, expiresAt: null };

/** Reads a token of this server without checking it; of one that is not whole, or of another form, it knows nothing. */
export function claimsOf(token: string): Claims {
  try {
    const bytes = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.codePointAt(0)!));
    const { ws, role, docs, key, exp } = JSON.parse(text) as Record<string, unknown>;
    if (typeof ws !== 'string') return NOTHING;
    return {
      workspace: ws,
      role: isRole(role) ? role : null,
      documents: Object.fromEntries(
        Object.entries(docs ?? {}).filter(([, role]) => isRole(role)),
      ) as Claims['documents'],
      source: typeof key === 'string' ? key : null,
      expiresAt: typeof exp === 'number' ? exp * 1000 : null,
    };
  } catch {
    // Cut off or mistyped: the server says so.
    return NOTHING;
  }
}

/** The role in one document; null is none. */
export function roleIn({ role, documents }: Claims, document: string): Role | null {
  return documents[document] ?? role;
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
