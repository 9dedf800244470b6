import { createPostgres, migrate } from '@syncline/journal';
import { postgresTestDatabase, type TestDatabase } from '@syncline/journal/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { newPlan, startTestPod, type TestPod, until } from './testing.ts';

let test: TestDatabase;
let pod: TestPod;
beforeAll(async () => {
  test = await postgresTestDatabase(inject('databaseUrl'));
  await migrate(test.db);
  pod = await startTestPod(test.db);
});
afterAll(async () => {
  await pod.stop();
  await test.drop();
});

it('[S1, S2] while another Postgres session holds up the commit, the stock provider has no acknowledgement and nobody the edit', async () => {
  const plan = newPlan();
  const [writer, watcher] = [pod.connect(plan.name), pod.connect(plan.name)];
  await Promise.all([writer.synced, watcher.synced]);
  const title = (client: typeof writer) => client.doc.getMap('metadata').get('title');
  writer.doc.getMap('metadata').set('title', 'first');
  await writer.acknowledged();
  await until(() => title(watcher) === 'first');

  const other = createPostgres({ url: test.url, connections: 1, onError: () => {} });
  await other.query('BEGIN');
  await other.query('SELECT seq FROM heads WHERE document = $1 FOR UPDATE', [plan.id]);
  let acknowledged = false;
  writer.doc.getMap('metadata').set('title', 'second');
  void writer.acknowledged().then(() => (acknowledged = true));
  const command = pod.command(plan.ref, 'c', { verb: 'plan.update', args: { changes: [{ op: 'set', owner: 'Ann' }] } });
  let answered = false;
  void command.then(() => (answered = true));

  await new Promise((resolve) => {
    setTimeout(resolve, 500);
  });
  const joiner = pod.connect(plan.name);
  await joiner.synced;
  expect({ acknowledged, answered }).toEqual({ acknowledged: false, answered: false });
  expect([title(watcher), title(joiner)]).toEqual(['first', 'first']);
  expect(await pod.read(plan.ref)).toMatchObject({ ok: true, seq: 1, value: { title: 'first', owner: '' } });

  await other.query('COMMIT');
  await other.close();
  await until(() => acknowledged && answered);
  await until(() => title(watcher) === 'second' && title(joiner) === 'second');
  expect(await command).toMatchObject({ ok: true });
  expect(await pod.read(plan.ref)).toMatchObject({ value: { title: 'second', owner: 'Ann' } });
});
