import { KIND_MODELS } from '@syncline/model';
import type { DocumentReply, Plan } from '@syncline/protocol';
import { actorOf } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import * as Y from 'yjs';
import type { Sent } from '../commands.ts';
import type { World } from '../world.ts';

/** Each command took effect once or not at all, on the document that it saw, and is answered the same every time. */
export function checkCommands(world: World): void {
  for (const [id, { document, rows }] of world.truth) {
    const sent = world.commands.filter(({ ref }) => documentId(ref) === id);
    const end = textOf(KIND_MODELS.plan.read(document));
    for (const command of sent) checkOne(world, command, end);
    const told = new Y.Doc();
    const said = world.watch.said.filter(({ document }) => document === id);
    const effects = new Map(sent.flatMap((command) => (seqOf(command) ? [[seqOf(command)!, command]] : [])));
    for (const row of rows) {
      const command = effects.get(row.seq);
      if (command?.quote) checkQuote(world, command, told, row.update);
      Y.applyUpdate(told, row.update);
      for (const { seq, value } of said)
        if (seq === row.seq && value !== JSON.stringify(KIND_MODELS.plan.read(told)))
          world.judge.note(`S2: a reader was told another document than revision ${seq}`);
    }
  }
}

function checkOne(world: World, command: Sent, end: string): void {
  const { judge, server, truth } = world;
  const answers = command.replies.filter((reply): reply is DocumentReply => reply !== null);
  // A refusal is not kept: a copy that comes later may find the document changed, and succeed.
  if (new Set(answers.filter(({ ok }) => ok).map((answer) => JSON.stringify(answer))).size > 1)
    judge.note(`S10: ${command.id} was answered in two ways: ${JSON.stringify(answers)}`);
  const document = documentId(command.ref);
  const row = server.tables.commands.get(`${document} ${actorOf(command.principal)} ${command.id}`);
  const ok = answers.find((answer) => answer.ok);
  if (ok && !row) judge.note(`S9: ${command.id} was answered, and nothing is kept of it`);
  if (ok && row && (row.seq !== ok.seq || row.result !== JSON.stringify(ok.value)))
    judge.note(`S10: ${command.id} was answered otherwise than is kept of it`);
  if (!ok && answers.length && command.tries === 1 && row) judge.note(`S11: ${command.id} was refused and took effect`);
  if (row && truth.of(document).rows[row.seq - 1]?.actor !== actorOf(command.principal))
    judge.note(`S9: row ${row.seq} is not that of ${command.id}`);
  const { args } = command.verb;
  if (ok && 'base_rev' in args && args.base_rev !== undefined && ok.seq !== args.base_rev + 1)
    judge.note(`S9: ${command.id} was to be on ${args.base_rev} and took effect at ${ok.seq}`);
  const times = end.split(command.token).length - 1;
  if (times > 1) judge.note(`S10: ${command.id} took effect ${times} times`);
  if (!row && times) judge.note(`S9: ${command.id} took effect, and nothing is kept of it`);
  // Steps are never taken away, and nobody else writes their titles.
  const makesStep = command.verb.verb !== 'document.edit';
  if (row && makesStep && !times) judge.note(`S9: ${command.id} is kept, and its effect is not there`);
}

/** A quotation was there when it was replaced: otherwise the command was not rehearsed on this head (S9). */
function checkQuote({ judge }: World, command: Sent, before: Y.Doc, update: Uint8Array): void {
  const after = new Y.Doc();
  Y.applyUpdate(after, Y.encodeStateAsUpdate(before));
  Y.applyUpdate(after, update);
  const found = (document: Y.Doc, text: string) => textOf(KIND_MODELS.plan.read(document)).includes(text);
  if (!found(before, command.quote!)) judge.note(`S9: ${command.id} replaced "${command.quote}", which was not there`);
  else if (!found(after, command.token)) judge.note(`S9: ${command.id} took effect without leaving "${command.token}"`);
}

function seqOf({ replies }: Sent): number | undefined {
  return replies.find((reply) => reply?.ok === true)?.seq as number | undefined;
}

function textOf(plan: Plan): string {
  return JSON.stringify(plan);
}
