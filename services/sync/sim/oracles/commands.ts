import { KIND_READERS } from '@syncline/model';
import { contradictions } from '@syncline/model/testing';
import { actorOf } from '@syncline/protocol';
import { documentId } from '@syncline/protocol/document-id';
import * as Y from 'yjs';
import type { World } from '../world.ts';

/** Each document's commands have a serial order, and readers were told what the document said. */
export function checkCommands(world: World): void {
  const random = world.chance.fork('serial order').next;
  const all = [...world.server.tables.commands.values()];
  for (const [document, { rows }] of world.truth) {
    const asked = world.commands
      .filter(({ ref }) => documentId(ref) === document)
      .map(({ id, principal, ...sent }) => ({ ...sent, id: `${actorOf(principal)} ${id}`, actor: actorOf(principal) }));
    const kept = all
      .filter((command) => command.document === document)
      .map(({ id, seq, result }) => ({ id, seq, result: JSON.parse(result) as { changed: string[] } }));
    for (const found of contradictions({ kind: 'plan', rows, kept, asked }, random)) world.judge.note(found);

    const told = new Y.Doc();
    const said = world.watch.said.filter((said) => said.document === document);
    for (const row of rows) {
      Y.applyUpdate(told, row.update);
      for (const { seq, value } of said)
        if (seq === row.seq && value !== JSON.stringify(KIND_READERS.plan.read(told)))
          world.judge.note(`S2: a reader was told another document than revision ${seq}`);
    }
  }
}
