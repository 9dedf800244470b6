import type { DocumentId } from '@syncline/protocol';
import * as Y from 'yjs';
import type { World } from '../world.ts';
import { idOf } from '../watch.ts';

/** Everybody who holds a document holds the same: pods, clients, and whoever reads it from the database's rows. */
export function checkReplicas(world: World, when: string): void {
  for (const [id, { document }] of world.truth) {
    const wanted = stateOf(document);
    const differ = (who: string, other: Y.Doc) => {
      if (other.store.pendingStructs || other.store.pendingDs)
        world.judge.note(`S20: ${who} waits for what never comes, ${when}`);
      if (!equal(wanted, stateOf(other)) && !equal(canonical(document), canonical(other)))
        world.judge.note(`S20: ${who} holds another document than is committed, ${when}`);
    };
    for (const { owner, pod } of world.nodes)
      for (const room of pod?.loaded ?? []) {
        if (room.id !== id) continue;
        const head = world.truth.head(id);
        if (room.applied !== head) world.judge.note(`S20: ${owner.name} is at ${room.applied} of ${head}, ${when}`);
        else differ(owner.name, room.document);
      }
    for (const client of world.clients)
      if (client.synced && idOf(client.name) === id) differ(client.label, client.document);
    differ('the database', fromDatabase(world, id));
  }
}

function fromDatabase({ server, truth }: World, id: DocumentId): Y.Doc {
  const { tables } = server;
  const document = new Y.Doc();
  if (!truth.head(id)) Y.applyUpdate(document, stateOf(truth.of(id).document));
  const snapshot = tables.snapshots.get(id);
  if (snapshot) Y.applyUpdate(document, snapshot.state);
  for (const row of tables.rowsOf(id)) if (row.seq > (snapshot?.coversSeq ?? 0)) Y.applyUpdate(document, row.update);
  return document;
}

function stateOf(document: Y.Doc): Uint8Array {
  return Y.encodeStateAsUpdate(document);
}

/** The same document in one way only: how items are cut depends on how they came. */
function canonical(document: Y.Doc): Uint8Array {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, stateOf(document));
  return stateOf(copy);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
