import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@syncline/runtime/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { canMount, mountSmallDisk, type SmallDisk } from '../../.ci/small-disk.ts';
import { Agent } from './agent.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { Editor } from './editor.ts';
import { openStored, type Stored } from './stored.ts';

/** What Postgres can go through, and what is seen of it meanwhile. */
interface Outage {
  begin(): Promise<void>;
  end(): Promise<void>;
  lastsMs: number;
  /** Whether nothing at all can be committed: on a full disk, what fits into pages that are there still can. */
  total: boolean;
}

const WRITE_EVERY_MS = 150;
const COMMAND_EVERY_MS = 400;
/** What was under way when the outage began may still be answered. */
const UNDER_WAY_MS = 500;

const mounting = await canMount();
let disks: { data: SmallDisk; wal: SmallDisk } | null = null;
let cluster: Cluster;
let stored: Stored;
beforeAll(async () => {
  if (mounting) disks = { data: await mountSmallDisk('data', 96), wal: await mountSmallDisk('wal', 24) };
  cluster = await startCluster({
    port: 0,
    ...(disks && { postgres: { data: disks.data.folder, wal: disks.wal.folder } }),
  });
  stored = openStored(cluster.postgres.url);
});
afterAll(async () => {
  await stored.close();
  await cluster.stop();
  await disks?.data.remove();
  await disks?.wal.remove();
});

const OUTAGES: Record<string, Outage> = {
  'killed for 10 s': {
    begin: () => cluster.postgres.kill(),
    end: () => cluster.postgres.start(),
    lastsMs: 10_000,
    total: true,
  },
  'frozen for 20 s: connections stand, and nothing is answered': {
    begin: async () => cluster.postgres.pause(),
    end: async () => cluster.postgres.resume(),
    lastsMs: 20_000,
    total: true,
  },
  'read-only, as after a failover to a standby': {
    begin: () => superuser('ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()'),
    end: () =>
      superuser(
        'SET default_transaction_read_only = off',
        'ALTER SYSTEM RESET default_transaction_read_only',
        'SELECT pg_reload_conf()',
      ),
    lastsMs: 5_000,
    total: true,
  },
};

const FULL_DISKS: Record<string, Outage> = {
  'on a full disk': {
    begin: () => disks!.data.fill(),
    end: () => disks!.data.free(),
    lastsMs: 8_000,
    total: false,
  },
  'dead of a full disk for its log': {
    begin: async () => {
      await disks!.wal.fill();
      await until(() => !cluster.postgres.running || nextLogFile(), 60_000);
    },
    async end() {
      await disks!.wal.free();
      await cluster.postgres.start();
    },
    lastsMs: 6_000,
    total: false,
  },
};

/** Where nothing can be mounted: Postgres says what it says on a full disk, though it is none. */
const AS_IF_FULL: Record<string, Outage> = {
  'on a full disk, as a trigger has it': {
    begin: () =>
      superuser(
        `CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
        'CREATE TRIGGER disk_is_full BEFORE INSERT ON journal EXECUTE FUNCTION disk_is_full()',
        'CREATE TRIGGER disk_is_full BEFORE INSERT ON leases EXECUTE FUNCTION disk_is_full()',
      ),
    end: () => superuser('DROP FUNCTION disk_is_full CASCADE'),
    lastsMs: 6_000,
    total: true,
  },
};

it.each(Object.entries({ ...OUTAGES, ...(mounting ? FULL_DISKS : AS_IF_FULL) }))(
  '[J9, J22, S6] Postgres %s: nothing is acknowledged, pods are not ready, nothing is lost and nobody dies',
  async (title, outage) => {
    const pids = services().map(({ pid }) => pid);
    await suffer(/^[a-z-]+/.exec(title)![0], outage);
    expect(services().map(({ pid }) => pid)).toEqual(pids);
    for (const service of services()) {
      expect(() => process.kill(service.pid, 0)).not.toThrow();
      expect(service.log()).not.toMatch(/nobody caught|a session failed|a hook failed/);
    }
  },
  180_000,
);

/** Takes Postgres away from two pods that are in use, brings it back, and looks whether anybody has lost anything. */
async function suffer(name: string, outage: Outage): Promise<void> {
  const editors = ['a', 'b'].flatMap((document) =>
    cluster.pods.flatMap((pod, n) =>
      ['x', 'y'].map((who) => new Editor(pod.url, `plan:${name}-${document}`, `${document}${n}${who}`)),
    ),
  );
  const agent = new Agent(cluster.url, `${name}-commands`);
  const readiness = watchReadiness();
  try {
    await sufferWith({ name, outage, editors, agent, readiness });
  } finally {
    for (const editor of editors) editor.leave();
    readiness.stop();
    await agent.stop();
  }
}

async function sufferWith(load: {
  name: string;
  outage: Outage;
  editors: Editor[];
  agent: Agent;
  readiness: ReturnType<typeof watchReadiness>;
}): Promise<void> {
  const { name, outage, editors, agent, readiness } = load;
  await Promise.all(editors.map((editor) => editor.synced()));
  await agent.create();
  expect(agent.wrong).toEqual([]);
  for (const editor of editors) editor.keepWriting(WRITE_EVERY_MS);
  agent.keepSending(COMMAND_EVERY_MS);
  await until(() => editors.every(({ saved }) => saved.length > 2) && agent.answered > 2, 60_000);

  // Those who have gone cannot send again what was acknowledged to them.
  const gone = cluster.pods.map((pod, n) => new Editor(pod.url, `plan:${name}-a`, `gone${n}`));
  for (const editor of gone) {
    await editor.synced();
    for (let n = 0; n < 5; n++) editor.write();
    await editor.acknowledged();
    editor.leave();
  }

  const [began, refusals] = [performance.now(), agent.refused];
  await outage.begin();
  const away = performance.now() + UNDER_WAY_MS;
  await pause(outage.lastsMs);
  const over = performance.now();
  const during = (at: number) => at > began && at < over;
  await outage.end();

  await until(readiness.allReady, 60_000);
  for (const editor of editors) editor.pause();
  await Promise.all([...editors.map((editor) => editor.acknowledged()), agent.finish()]);

  for (const editor of editors) {
    const told = editor.saved.filter((at) => at > away && at < over);
    if (outage.total) expect(told, `${editor.label} was not told that it is saved`).toEqual([]);
    const codes = editor.closed.filter(({ at }) => during(at)).map(({ code }) => code);
    expect(codes, `${editor.label} was closed`).toContain(4503);
  }
  for (const n of cluster.pods.keys()) {
    const answers = readiness.of(n, during);
    const since = answers.slice(answers.indexOf(false));
    expect(answers, `pod ${n} was not ready`).toContain(false);
    if (outage.total) expect(since, `pod ${n} did not become ready`).not.toContain(true);
    else expect(since.filter((ready) => ready).length, `pod ${n} was hardly ready`).toBeLessThan(since.length / 2);
  }
  expect(agent.refused).toBeGreaterThan(refusals);
  expect(agent.wrong).toEqual([]);
  expect(await agent.effects()).toEqual(agent.sent);

  for (const document of ['a', 'b']) {
    const own = editors.filter(({ label }) => label.startsWith(document));
    await until(() => own.every(({ doc }) => equal(doc, own[0]!.doc)), 20_000);
    const kept = (await stored.plan(`${name}-${document}`)).doc.getMap('metadata');
    for (const { written } of document === 'a' ? [...own, ...gone] : own)
      expect(written.filter((key) => !kept.has(key))).toEqual([]);
  }
}

function services() {
  return [...cluster.pods, ...cluster.gateways];
}

/** Asks the pods whether they are ready, again and again. */
function watchReadiness() {
  const seen = cluster.pods.map(() => [] as { ready: boolean; at: number }[]);
  const stopping = new AbortController();
  cluster.pods.forEach((pod, n) => {
    void (async () => {
      for (; !stopping.signal.aborted; await pause(50)) {
        const { ok } = await fetch(`${pod.url}/readyz`);
        seen[n]!.push({ ready: ok, at: performance.now() });
      }
    })();
  });
  return {
    allReady: () => seen.every((answers) => answers.at(-1)?.ready),
    /** What one pod answered within a time. */
    of: (pod: number, within: (at: number) => boolean) =>
      seen[pod]!.filter(({ at }) => within(at)).map(({ ready }) => ready),
    stop: () => stopping.abort(),
  };
}

async function superuser(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: cluster.postgres.url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {
    // A query under way hears of it.
  });
  try {
    await client.connect();
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Lets Postgres begin a new file of its log, so that one that finds no room is reached soon. @returns false */
async function nextLogFile(): Promise<boolean> {
  await superuser("SELECT pg_logical_emit_message(true, 'next', 'file')", 'SELECT pg_switch_wal()').catch(() => {
    // The very thing that is waited for.
  });
  return false;
}

function equal(a: Y.Doc, b: Y.Doc): boolean {
  return Buffer.compare(Y.encodeStateAsUpdate(a), Y.encodeStateAsUpdate(b)) === 0;
}
