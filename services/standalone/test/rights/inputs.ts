import { randomUUID } from 'node:crypto';
import type { Verb } from '@syncline/protocol';

/** What an operation is about; of `free` there is no document. */
export interface Target {
  id: string;
  free: string;
  step: string;
  key: string;
  link: string;
  subject: string;
}

/** Names of the same form, of things that never were. */
export function nothing(): Target {
  const id = () => randomUUID().replaceAll('-', '').slice(0, 22);
  return { id: id(), free: id(), step: id(), key: id(), link: id(), subject: id() };
}

/** An update that sets `a` to 1 in the map `m`. */
const UPDATE = 'AQEBACgBAW0BYQF9AQA=';
const edits = [{ op: 'append', markdown: 'more' }];
const changes = [{ op: 'set', title: 'Changed' }];
const inDocument = ({ id }: Target) => ({ document: `plan:${id}` });

/** What each operation is asked with. */
export const INPUTS: Readonly<Record<string, (target: Target) => Record<string, unknown>>> = {
  'documents.list': () => ({}),
  'documents.read': inDocument,
  'documents.create': ({ free }) => ({ id: free, title: 'New' }),
  'documents.edit': (target) => ({ ...inDocument(target), edits }),
  'documents.rename': (target) => ({ ...inDocument(target), title: 'Changed' }),
  'documents.delete': inDocument,
  'documents.undelete': inDocument,
  'documents.commands': (target) => ({ ...inDocument(target), commands: [{ command: 'plan.update', changes }] }),
  'docs.apply': ({ id }) => ({ document: `doc:${id}`, update: UPDATE }),
  'plans.update': (target) => ({ ...inDocument(target), changes }),
  'plans.set': ({ id }) => ({ id, status: 'in_review' }),
  'plans.add_step': ({ id }) => ({ id, title: 'More' }),
  'plans.edit_step': ({ id, step }) => ({ id, step, done: true }),
  'plans.remove_step': ({ id, step }) => ({ id, step }),
  'keys.create': () => ({ name: 'More', role: 'viewer' }),
  'keys.list': () => ({}),
  'keys.revoke': ({ key }) => ({ id: key }),
  'tokens.create': ({ id }) => ({ documents: [`plan:${id}`] }),
  'links.create': inDocument,
  'links.list': inDocument,
  'links.revoke': (target) => ({ ...inDocument(target), link: target.link }),
  'rights.list': () => ({}),
  'rights.set': (target) => ({ ...inDocument(target), subject: randomUUID(), role: 'viewer' }),
  'rights.remove': (target) => ({ ...inDocument(target), subject: target.subject }),
};

const update = { changes: [{ op: 'set' as const, title: 'Changed' }] };

/** The arguments of each verb. */
export const VERBS: { [V in Verb['verb']]: Extract<Verb, { verb: V }>['args'] } = {
  'plan.create': { title: 'New', steps: [], blocks: [] },
  'plan.update': update,
  'doc.create': { title: 'New' },
  'doc.apply': { update: UPDATE },
  'doc.rename': { title: 'Changed' },
  'document.edit': {
    edits: [
      {
        op: 'append',
        blocks: [{ type: 'paragraph', props: {}, content: [{ text: 'more', marks: {} }], children: [] }],
      },
    ],
  },
  'document.delete': {},
  'document.undelete': {},
  'document.batch': { commands: [{ verb: 'plan.update', args: update }] },
};
