import {
  documentName,
  type DocumentRef,
  isCreate,
  reaches,
  Refusal,
  type Role,
  roleFor,
  type Verb,
} from '@syncline/protocol';
import { type Grant, roleOn } from './grant.ts';

/**
 * The one answer to "may they?", at the gateway and again at the pod. What one may not read does not exist for one (A8).
 * @throws Refusal `not_found` or `forbidden`
 */
export function authorize(grant: Grant, needed: Role, document: DocumentRef): void {
  const name = documentName(document);
  const role = document.workspace === grant.workspace ? roleOn(grant, name) : null;
  if (role === null) throw new Refusal('not_found', `There is no document ${name}.`);
  if (!reaches(role, needed)) throw tooLittle(needed, role, name);
}

/**
 * The same for what makes a document: what is not there yet need not be hidden.
 * @throws Refusal `forbidden`
 */
export function authorizeCreate(grant: Grant, needed: Role, document: DocumentRef): void {
  const name = documentName(document);
  const role = document.workspace === grant.workspace ? roleOn(grant, name) : null;
  if (!reaches(role, needed)) throw tooLittle(needed, role, name);
}

/** The same for a verb. @throws Refusal */
export function authorizeVerb(grant: Grant, verb: Verb, document: DocumentRef): void {
  const check = isCreate(verb) ? authorizeCreate : authorize;
  check(grant, roleFor(verb), document);
}

/**
 * For what concerns the workspace as a whole.
 * @throws Refusal `forbidden`
 */
export function authorizeWorkspace(grant: Grant, needed: Role): void {
  if (!reaches(grant.role, needed)) throw tooLittle(needed, grant.role, 'the workspace');
}

function tooLittle(needed: Role, role: Role | null, where: string): Refusal {
  return new Refusal('forbidden', `This needs the role ${needed} in ${where}; yours is ${role ?? 'none'}.`, {
    needed,
    role,
  });
}
