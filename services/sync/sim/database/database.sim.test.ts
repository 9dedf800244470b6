import { systemClock } from '@syncline/runtime';
import { journalContract } from '../../../shared/journal/src/journal.contract.ts';
import { connect } from './connection.ts';
import { DatabaseServer } from './server.ts';

// What the simulator rests on: its database keeps the journal's rules as Postgres and PGlite do.
journalContract('the simulated database', async () => {
  const server = new DatabaseServer(() => systemClock.now());
  const db = connect(server, {
    clock: systemClock,
    latencyMs: () => 0,
    fate: () => 'answered',
    stalledMs: () => 0,
    reachable: () => true,
    alive: () => true,
    atServer: (ms, fn) => void systemClock.after(ms, fn),
  });
  return { db, url: '', drop: () => db.close() };
});
