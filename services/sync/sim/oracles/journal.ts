import { recordsOf } from '@syncline/model';
import { recordJson } from '@syncline/journal';
import type { World } from '../world.ts';

/** What is in the tables is what was committed, and the projection has followed it. */
export function checkJournal({ server, truth, judge }: World): void {
  const { heads, snapshots, projected, records } = server.tables;
  for (const [id, { rows, document }] of truth) {
    const head = heads.get(id)?.seq ?? 0;
    if (head !== rows.length) judge.note(`J1: the head is ${head} after ${rows.length} rows`);
    for (const row of server.tables.rowsOf(id))
      if (Buffer.compare(row.update, rows[row.seq - 1]!.update) !== 0) judge.note(`J2: row ${row.seq} was changed`);
    if ((snapshots.get(id)?.coversSeq ?? 0) > head) judge.note(`J18: a snapshot covers what is not committed`);
    if (!head) continue;
    const seq = projected.get(id)?.seq;
    if (seq !== head) judge.note(`S18: the projection is at ${seq} of ${head}`);
    const there = [...(records.get(id)?.values() ?? [])].flatMap(({ entity, id, data }) =>
      data === null ? [] : [`${entity} ${id} ${data}`],
    );
    const said = recordsOf({ kind: 'plan', doc: document }).map(
      (record) => `${record.entity} ${record.id} ${recordJson(record.data)}`,
    );
    if (there.toSorted().join('\n') !== said.toSorted().join('\n'))
      judge.note(`S18: the projection says what is not so: ${there.join(', ')} instead of ${said.join(', ')}`);
  }
}

/** What a pod held when the database went back, and has lived to bring back, is there again. */
export function checkHeld({ truth, judge, nodes }: World): void {
  for (const { owner, id, state } of truth.held)
    if (nodes.some((node) => node.owner === owner && node.pod) && !truth.hasNow(id, state))
      judge.note(`S49: what ${owner.name} held of ${id.slice(0, 4)} when the database went back is gone`);
}

/** In a calm world no pod lags: what is committed is everywhere within this time. */
const CALM_LAG_MS = 450;

/** Looks at every pod again and again, as long as the world is calm and active. */
export function watchLag(world: World, untilMs: number): void {
  const { clock, truth, nodes, judge } = world;
  const since = new WeakMap<object, number>();
  const look = () => {
    const now = clock.now();
    for (const { owner, pod } of nodes)
      for (const room of pod?.loaded ?? []) {
        if (!since.has(room)) since.set(room, now);
        const wanted = truth.headAt(room.id, now - CALM_LAG_MS);
        if (now - since.get(room)! >= CALM_LAG_MS && room.applied < wanted)
          judge.note(`S8: ${owner.name} is at ${room.applied}, and ${wanted} was committed ${CALM_LAG_MS} ms ago`);
      }
    if (now < untilMs) clock.afterFor(world.me, 100, look);
  };
  clock.afterFor(world.me, 100, look);
}
