import { authorize, type ShareLink } from '@syncline/auth';
import { documentNameSchema, reaches, type Role } from '@syncline/protocol';
import * as z from 'zod';
import { allOf, linkSchema } from './answers.ts';
import { type Call, defineOperation } from './operation.ts';
import { changerOf, expiresAt, moment, rightsOf } from './rights-call.ts';
import { documentRef } from './writes.ts';

const document = documentNameSchema.describe('<kind>:<id>');

/** Who may change a document may share it, as far as they reach themselves. */
function shareable(call: Call, name: string, role: Role = 'viewer') {
  const ref = documentRef(call, name);
  authorize(call.grant, reaches(role, 'editor') ? role : 'editor', ref);
  return { ref, rights: rightsOf(call) };
}

export const createLink = defineOperation({
  name: 'links.create',
  summary: 'Create a link that opens a document to whoever has it',
  scope: 'write',
  input: z.strictObject({
    document,
    role: z.enum(['viewer', 'commenter', 'editor']).default('viewer'),
    expires_at: expiresAt.optional(),
  }),
  async handle({ document, role, expires_at }, call) {
    const { ref, rights } = shareable(call, document, role);
    const wanted = { document: ref, role, expiresAt: expires_at ?? null };
    return shown(call, (await rights.createLink(changerOf(call), wanted)).link);
  },
  rest: {
    method: 'post',
    path: '/documents/:document/links',
    status: 201,
    output: linkSchema,
    answer: (link) => ({ body: link }),
  },
});

export const listLinks = defineOperation({
  name: 'links.list',
  summary: 'List a document’s share links, the revoked too',
  scope: 'read',
  input: z.strictObject({ document }),
  async handle({ document }, call) {
    const { rights } = shareable(call, document);
    const links = await rights.links(call.grant.workspace, document);
    return { items: links.map((link) => shown(call, link)) };
  },
  rest: {
    method: 'get',
    path: '/documents/:document/links',
    output: allOf(linkSchema),
    answer: (list) => ({ body: list }),
  },
});

export const revokeLink = defineOperation({
  name: 'links.revoke',
  summary: 'Revoke a share link; whoever came by it is shut out',
  scope: 'write',
  input: z.strictObject({ document, link: z.string().min(1).max(64) }),
  async handle({ document, link }, call) {
    const { rights } = shareable(call, document);
    return shown(call, await rights.revokeLink(changerOf(call), document, link));
  },
  rest: {
    method: 'delete',
    path: '/documents/:document/links/:link',
    output: linkSchema,
    answer: (link) => ({ body: link }),
  },
});

/** With its address as long as it opens anything; the token is behind `#`, which browsers send to nobody. */
function shown(call: Call, link: ShareLink) {
  const { kind, id } = documentRef(call, link.document);
  const token = link.revokedAt === null ? rightsOf(call).tokenOf(link) : null;
  return {
    id: link.id,
    document: link.document,
    role: link.role,
    token,
    url: token && `${call.urlOf({ kind, id })}#share=${token}`,
    created_at: moment(link.createdAt),
    created_by: link.createdBy,
    expires_at: moment(link.expiresAt),
    revoked_at: moment(link.revokedAt),
  };
}
