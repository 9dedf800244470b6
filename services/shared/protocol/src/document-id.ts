import { createHash } from 'node:crypto';
import type { DocumentId, DocumentRef } from './ids.ts';

/**
 * The internal id of a document: a UUID (version 8) out of SHA-256 over workspace, kind and id, so that gateway and pod
 * know it without asking anyone, and no workspace can reach another's rows, subjects or channels by a name.
 */
export function documentId(ref: DocumentRef): DocumentId {
  return uuidOf([ref.workspace, ref.kind, ref.id]) as DocumentId;
}

/**
 * The id under which a `create` makes its document: derived from who sent which command, so that the same command sent
 * again meets the same document.
 * @returns 22 characters of base64url
 */
export function createdId(workspace: string, principal: string, command: string): string {
  return digest([workspace, principal, command]).subarray(0, 16).toString('base64url');
}

function uuidOf(parts: string[]): string {
  const bytes = digest(parts).subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Parts are joined by a NUL, which none of them can hold, so that two lists of parts never meet. */
function digest(parts: string[]): Buffer {
  return createHash('sha256').update(parts.join('\0')).digest();
}
