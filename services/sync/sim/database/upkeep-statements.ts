import type { DocumentId, Seq } from '@syncline/protocol';
import type { Statement, Tables } from './tables.ts';

/** What compaction, leases and the watch over the journal's history send. */
export const UPKEEP_STATEMENTS: Statement[] = [
  {
    words: ['INSERT INTO snapshots AS s', 'WHERE s.covers_seq < excluded.covers_seq'],
    plan: (tables, [document, coversSeq, state, nonce]) => ({
      rows: [],
      apply() {
        const last = tables.rowsOf(document!).find(({ seq }) => seq === coversSeq);
        if (last?.nonce !== nonce) return;
        if ((tables.snapshots.get(document!)?.coversSeq ?? -1) < coversSeq!)
          tables.snapshots.set(document!, { coversSeq: coversSeq!, nonce: nonce!, state: state! });
      },
    }),
  },
  {
    words: ['INSERT INTO quarantine', 'ON CONFLICT DO NOTHING'],
    plan: (tables, [document, seqs, , , reasons]) => ({
      rows: [],
      apply() {
        (seqs! as Seq[]).forEach((seq, index) => {
          const key = `${document} ${seq}`;
          if (!tables.quarantine.has(key))
            tables.quarantine.set(key, { document: document!, seq, reason: reasons![index]! });
        });
      },
    }),
  },
  {
    words: ['SELECT seq, reason FROM quarantine WHERE document = $1'],
    plan: (tables, [document]) => ({
      rows: [...tables.quarantine.values()]
        .filter((row) => row.document === document)
        .map(({ seq, reason }) => ({ seq, reason })),
    }),
  },
  {
    words: ['DELETE FROM journal j USING snapshots s', 'j.seq <= s.covers_seq'],
    plan: (tables, [document, keepMs]) => ({ rows: [], apply: () => forgetRows(tables, document!, keepMs!) }),
  },
  {
    words: ['DELETE FROM commands WHERE committed_at <'],
    plan: (tables, [keepMs]) => ({
      rows: [],
      apply() {
        const before = tables.now() - keepMs!;
        for (const [key, row] of tables.commands) if (row.committedAt < before) tables.commands.delete(key);
      },
    }),
  },
  {
    words: ['INSERT INTO leases AS l', 'WHERE l.expires_at < now() OR l.owner = excluded.owner'],
    plan(tables, [name, owner, ttlMs]) {
      const held = tables.leases.get(name!);
      const now = tables.now();
      if (held && held.expiresAt >= now && held.owner !== owner) return { rows: [] };
      return {
        rows: [{ owner }],
        apply: () => void tables.leases.set(name!, { owner: owner!, expiresAt: now + ttlMs! }),
      };
    },
  },
  {
    words: ['pg_control_system()', 'AS server'],
    plan: (tables) => ({ rows: [{ server: tables.server }] }),
  },
  {
    words: ['UPDATE installation SET server = $1'],
    plan(tables, [server]) {
      const { installation } = tables;
      const moved = server !== null && installation.server !== server;
      const epoch = installation.epoch + (moved && installation.server !== null ? 1 : 0);
      return {
        rows: [{ epoch: `epoch ${epoch}` }],
        apply: () => void (moved && Object.assign(installation, { server, epoch })),
      };
    },
  },
  {
    words: ['INSERT INTO lost_history'],
    plan: (tables, [document, , , , seq, nonce, , broughtBack]) => ({
      rows: [],
      apply() {
        const key = `${document} ${seq} ${nonce}`;
        const before = tables.lostHistory.get(key)?.broughtBack ?? false;
        tables.lostHistory.set(key, { document: document!, broughtBack: before || broughtBack! });
      },
    }),
  },
  {
    words: ['DELETE FROM leases WHERE name = $1 AND owner = $2'],
    plan: (tables, [name, owner]) => ({
      rows: [],
      apply() {
        if (tables.leases.get(name!)?.owner === owner) tables.leases.delete(name!);
      },
    }),
  },
];

function forgetRows(tables: Tables, document: DocumentId, keepMs: number): void {
  const covered = tables.snapshots.get(document)?.coversSeq ?? 0;
  const before = tables.now() - keepMs;
  const kept = tables.rowsOf(document).filter((row) => row.seq > covered || row.committedAt >= before);
  tables.journal.set(document, kept);
}
