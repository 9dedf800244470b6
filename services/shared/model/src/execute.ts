import {
  type BatchPart,
  type CommandResult,
  isCreate,
  type Kind,
  Refusal,
  requireVerbOf,
  type Verb,
} from '@syncline/protocol';
import type * as Y from 'yjs';
import type { ModelDeps } from './blocks/content.ts';
import { isDeleted, setDeleted } from './deleted.ts';
import { inOrder } from './in-order.ts';
import { KIND_RUNS } from './kind-runs.ts';
import { KIND_MODELS } from './kinds.ts';
import type { Runs } from './run.ts';

/** A document of a kind. */
export interface KindDocument {
  kind: Kind;
  doc: Y.Doc;
}

/**
 * Carries out one command in one transaction. `base_rev` is the caller's to check.
 *
 * After a refusal the document may be half changed (Yjs cannot roll back), so the caller works on a copy and throws it
 * away (M5).
 * @returns what changed, as the document's kind names it: of a plan ids of steps, anchors of blocks
 * @throws Refusal `not_found`, `conflict`, `exists` or `invalid_request`
 */
export function execute({ kind, doc }: KindDocument, verb: Verb, deps: ModelDeps): CommandResult {
  requireVerbOf(kind, verb);
  const changed = doc.transact(() => {
    KIND_MODELS[kind].plantSeed(doc);
    if (isDeleted(doc, kind)) requireUndelete(verb);
    return carryOut({ kind, doc }, verb, deps);
  });
  return { changed: [...new Set(changed)] };
}

function carryOut(document: KindDocument, command: Verb | BatchPart, deps: ModelDeps): string[] {
  const { kind, doc } = document;
  switch (command.verb) {
    case 'document.delete':
      return setDeleted(doc, kind, true);
    case 'document.undelete':
      return setDeleted(doc, kind, false);
    case 'document.batch':
      return inOrder(command.args.commands, (part) => carryOut(document, part, deps));
    default: {
      const runs: Partial<Runs<Verb | BatchPart>> = KIND_RUNS[kind];
      const run = runs[command.verb] as (doc: Y.Doc, args: object, deps: ModelDeps) => string[];
      return run(doc, command.args, deps);
    }
  }
}

/** @throws Refusal for everything else (M17) */
function requireUndelete(verb: Verb): void {
  if (verb.verb === 'document.undelete') return;
  if (isCreate(verb))
    throw new Refusal('exists', 'id: the document under this id was deleted. Choose another, or undelete that one.');
  throw new Refusal('not_found', 'The document was deleted. Undelete it first.');
}
