import type { DocumentId, Seq } from '@syncline/protocol';
import type { Group } from './append.ts';
import type { Append, AppendCommand } from './journal.ts';

/** An entry that waits to be committed, with whom to tell. */
export type Waiting = {
  resolve: (done: { seq: Seq; result: unknown }) => void;
  reject: (error: unknown) => void;
  bytes: number;
} & ({ kind: 'edit'; entry: Append } | { kind: 'command'; entry: AppendCommand });

/** What waits to have the journal for itself: no batch is under way while it runs. It must not throw. */
export interface Alone {
  kind: 'alone';
  run: () => Promise<void>;
}

/** One document's share of a batch, with whom to tell. */
export interface Taken {
  group: Group;
  waiting: Waiting[];
  origins: unknown[];
}

export function newShare(document: DocumentId): Taken {
  return {
    group: { document, expect: null, birth: null, rows: [], command: null },
    waiting: [],
    origins: [],
  };
}

export function addEdit(share: Taken, waiting: Waiting & { kind: 'edit' }): true {
  share.group.birth ??= waiting.entry.birth ?? null;
  share.group.rows.push({ update: waiting.entry.update, actor: waiting.entry.actor });
  share.waiting.push(waiting);
  share.origins.push(waiting.entry.origin);
  return true;
}

/** The entries of one document, each as a share of its own, in order (J8). */
export function split(share: Taken): Taken[] {
  return share.waiting.map((waiting, index) => ({
    group: {
      ...share.group,
      rows: [share.group.rows[index]!],
      expect: waiting.kind === 'command' ? share.group.expect : null,
      command: waiting.kind === 'command' ? share.group.command : null,
    },
    waiting: [waiting],
    origins: [share.origins[index]],
  }));
}
