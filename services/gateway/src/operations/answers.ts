import { type Block, ROLES } from '@syncline/protocol';
import * as z from 'zod';

/** What operations answer, for those who read the OpenAPI document. */

const revision = z.int().nonnegative().describe('Also the ETag; give it as If-Match or at_least');
const name = z.string().describe('<kind>:<id>');
export const moment = z.iso.datetime();
/** Where a document is. */
export const at = { document: name, revision, url: z.string().describe('The address that a person opens') };

/** What every write answers. */
export const writtenSchema = z
  .object({ ...at, changed: z.array(z.string()).describe('Ids of steps and anchors of blocks') })
  .meta({ id: 'Written' });

const runSchema = z
  .object({ text: z.string(), marks: z.record(z.string(), z.union([z.boolean(), z.string()])) })
  .meta({ id: 'Run' });
/** A block of a document’s text. */
export const blockSchema: z.ZodType<Block> = z
  .object({
    id: z.string(),
    anchor: z.string().describe('What edits take as block'),
    type: z.string(),
    props: z.record(z.string(), z.unknown()),
    content: z.array(runSchema),
    get children() {
      return z.array(blockSchema);
    },
  })
  .meta({ id: 'Block' }) as never;
const role = z.enum(ROLES);
const issued = {
  created_at: moment,
  created_by: z.string(),
  expires_at: moment.nullable(),
  revoked_at: moment.nullable(),
};
const key = {
  id: z.string(),
  name: z.string(),
  role,
  documents: z.array(name).nullable().describe('null is all of the workspace'),
  last_four: z.string(),
  ...issued,
};
export const keySchema = z.object(key).meta({ id: 'Key' });
export const newKeySchema = z.object({ ...key, key: z.string().describe('Shown this once') }).meta({ id: 'NewKey' });
export const linkSchema = z
  .object({
    id: z.string(),
    document: name,
    role,
    token: z.string().nullable(),
    url: z.string().nullable(),
    ...issued,
  })
  .meta({ id: 'Link' });
const right = { subject: z.string(), document: name.nullable() };
export const takenRightSchema = z.object(right);
export const rightSchema = z.object({ ...right, role }).meta({ id: 'Right' });
export const tokenSchema = z.object({
  token: z.string(),
  expires_at: moment,
  workspace: z.string(),
  role: role.nullable(),
  documents: z.record(z.string(), role),
  person: z.object({ id: z.string(), name: z.string() }),
});

/** A list that comes whole. */
export function allOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item) });
}
