/**
 * `npm run cluster-check`: installs the chart with servers of its own on the cluster that `kubectl` and `helm` lead to, in
 * a namespace of its own that refuses pods which may do more than they must, and looks whether it keeps its promises
 * there: see docs/kubernetes.md. What follows `--` goes to `helm install` and `helm upgrade`, such as
 * `--set image.registry=…`; `--keep` leaves the namespace as it is. It takes some minutes, and ends with 1 if anything is
 * not so.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Namespace } from './namespace.ts';
import { People } from './people.ts';
import { CHART } from './render.ts';

const NAMESPACE = 'syncline-check';
const RELEASE = 'syncline';
const OURS = ['sync', 'gateway'];
const POSTGRES = `${RELEASE}-postgres-0`;
const SECRET = `${RELEASE}-generated`;
const GETS_IN_MS = 2_000;

const keep = process.argv.includes('--keep');
const more = process.argv.slice(2).filter((argument) => argument !== '--keep');
const space = new Namespace(NAMESPACE);
let failures = 0;

await space.kubectl('create', 'namespace', NAMESPACE);
try {
  await checkAll();
} catch (error) {
  failures++;
  say('NO', 'it could not go on', (error as Error).message);
} finally {
  if (failures) await showWhatWasThere();
  if (keep) say('  ', `the namespace ${NAMESPACE} stays`);
  else await space.kubectl('delete', 'namespace', NAMESPACE);
}
process.stdout.write(failures ? `${failures} of the above are not so\n` : 'all is well\n');
process.exitCode = failures ? 1 : 0;

async function checkAll(): Promise<void> {
  await space.kubectl('label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted');
  await check('a pod that may do more than it must is refused', refusesLoosePods);
  await install();
  await check('`helm test --logs` passes', test);

  const key = (await inGateway('services/gateway/src/create-key.ts', '--name', 'cluster-check')).trim();
  const before = await space.forward(`${RELEASE}-haproxy-0`, 8080);
  const people = new People(before.url, key);
  try {
    await people.write();
    await check('an upgrade that replaces every pod, under ten people who write', () => upgrade(people));
    await nothingIsLost(people);
    await check('`helm test --logs` passes after it', test);
    await people.write();
    await check('Postgres’ pod is deleted: who comes anew gets in soon after it is ready', () =>
      losePostgres(people, () => space.kubectl('delete', 'pod', POSTGRES, '--wait=false')),
    );
    await check('Postgres is away until no pod is ready: who comes anew gets in soon after it is', () =>
      losePostgres(people, scaleDownAndUp),
    );
    await nothingIsLost(people);
  } finally {
    people.leave();
    await before.stop();
  }

  await check('it is uninstalled', uninstall);
  const secret = await secretIs();
  await install();
  const after = await space.forward(`${RELEASE}-haproxy-0`, 8080);
  try {
    await check('what was acknowledged is there', () => isThere(people, after.url));
    await check('the key of before is good, and its Secret the same', () => keyIsGood(after.url, key, secret));
  } finally {
    await after.stop();
  }
}

async function install(): Promise<void> {
  const installed = await check('it is installed', async () => {
    await helm('install', '--values', `${CHART}/ci/embedded-values.yaml`);
    return '';
  });
  if (!installed) throw new Error('without it there is nothing to look at');
  await check('and no pod was started twice', nothingStartedAgain);
}

async function refusesLoosePods(): Promise<string> {
  const args = ['run', 'loose', '--image', 'none', '--dry-run=server'];
  const refusal = await space.kubectl(...args).catch((error: Error) => error.message);
  if (!refusal.includes('violates PodSecurity')) throw new Error(`it says: ${refusal}`);
  return '';
}

async function test(): Promise<string> {
  const said = await space.helm('test', RELEASE, '--logs', '--timeout', '5m');
  const oks = said.match(/^ok: /gm)?.length ?? 0;
  if (oks < 5) throw new Error(`of what it checks it shows too little:\n${said}`);
  return `${oks} times ok`;
}

async function upgrade(people: People): Promise<string> {
  const old = new Set((await ours()).map(({ uid }) => uid));
  const settings = OURS.flatMap((service) => ['--set', `${service}.settings.LOG_LEVEL=debug`]);
  await people.passBy(helm('upgrade', '--reuse-values', ...settings));
  const running = await ours();
  const left = running.filter(({ uid, phase }) => old.has(uid) && phase === 'Running');
  // They may still be ending.
  for (let tries = 0; tries < 60 && left.some(({ uid }) => old.has(uid)); tries++) {
    await pause(1_000);
    const now = new Set((await ours()).map(({ uid }) => uid));
    left.splice(0, left.length, ...left.filter(({ uid }) => now.has(uid)));
  }
  if (left.length) throw new Error(`${left.map(({ name }) => name).join(', ')} were there before`);
  await nothingStartedAgain();
  return `${old.size} pods of before have gone`;
}

async function losePostgres(people: People, lose: () => Promise<unknown>): Promise<string> {
  const { uid } = (await space.pods()).find(({ name }) => name === POSTGRES)!;
  const watching = new AbortController();
  const ready = Promise.all([space.replaced(POSTGRES, uid, watching.signal), lose()]);
  const { firstMs, refused, refusedLate } = await people.knock(ready).finally(() => watching.abort());
  const seen = `the first after ${firstMs} ms, ${refused} refused while it was away`;
  if (firstMs > GETS_IN_MS || refusedLate) throw new Error(`${seen}, ${refusedLate} later than that`);
  return seen;
}

async function scaleDownAndUp(): Promise<void> {
  const scale = (replicas: number) =>
    space.kubectl('scale', `statefulset/${RELEASE}-postgres`, `--replicas=${replicas}`);
  const pods = `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component=sync`;
  try {
    await scale(0);
    await space.kubectl('wait', '--for=condition=Ready=false', 'pod', '--selector', pods, '--timeout=60s');
  } finally {
    await scale(1);
  }
}

async function nothingIsLost(people: People): Promise<void> {
  await check('all that was written is acknowledged', () => people.rest());
  await check('and nothing of it is lost', () => isThere(people));
}

async function isThere(people: People, url?: string): Promise<string> {
  const { lost, waitedMs } = await people.lost(url);
  if (lost.length) throw new Error(`lost: ${lost.join(', ')}`);
  return `seen after ${waitedMs} ms`;
}

async function uninstall(): Promise<string> {
  await space.helm('uninstall', RELEASE, '--wait', '--timeout', '5m');
  // The one of `helm test` stays, for whoever reads what it said.
  const pods = `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component!=test`;
  await space.kubectl('wait', '--for=delete', 'pod', '--selector', pods, '--timeout=120s');
  return '';
}

async function keyIsGood(url: string, key: string, secret: string): Promise<string> {
  const { status } = await fetch(`${url}/v1/documents`, { headers: { authorization: `Bearer ${key}` } });
  if (status !== 200) throw new Error(`it is answered ${status}`);
  if ((await secretIs()) !== secret) throw new Error(`the Secret ${SECRET} is another`);
  return '';
}

async function nothingStartedAgain(): Promise<string> {
  const pods = await space.pods();
  const again = pods.filter(({ restarts }) => restarts > 0).map(({ name, restarts }) => `${name}: ${restarts} times`);
  const columns = 'jsonpath={range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}';
  // What failed before a container was there, such as for want of a Secret, counts as no restart.
  const events = await Promise.all(
    ['BackOff', 'Failed'].map((reason) =>
      space.kubectl('get', 'events', '--field-selector', `reason=${reason}`, '--output', columns),
    ),
  );
  const failed = events.flatMap((text) => text.split('\n').filter(Boolean));
  if (again.length || failed.length) throw new Error([...again, ...failed].join('\n'));
  return `${pods.length} pods`;
}

async function ours() {
  return (await space.pods()).filter(({ component }) => OURS.includes(component));
}

function helm(command: string, ...args: string[]): Promise<string> {
  return space.helm(command, RELEASE, CHART, ...args, ...more, '--wait', '--timeout', '10m');
}

function inGateway(...command: string[]): Promise<string> {
  return space.kubectl('exec', `deployment/${RELEASE}-gateway`, '--', 'node', ...command);
}

function secretIs(): Promise<string> {
  return space.kubectl('get', 'secret', SECRET, '--output', 'jsonpath={.metadata.uid} {.data}');
}

async function showWhatWasThere(): Promise<void> {
  const selector = `app.kubernetes.io/instance=${RELEASE}`;
  for (const args of [
    ['get', 'all'],
    ['get', 'events', '--sort-by=.lastTimestamp'],
    ['logs', '--selector', selector, '--all-containers', '--prefix', '--tail=50', '--max-log-requests=20'],
  ])
    process.stdout.write(await space.kubectl(...args).catch((error: Error) => error.message));
}

/** @returns whether it is so */
async function check(what: string, act: () => Promise<string>): Promise<boolean> {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
  try {
    const seen = await act();
    say('ok', what, [seen, seconds()].filter(Boolean).join(', '));
    return true;
  } catch (error) {
    failures++;
    say('NO', what, `${seconds()}\n${(error as Error).message}`);
    return false;
  }
}

function say(verdict: string, what: string, more = ''): void {
  process.stdout.write(`  ${verdict}  ${what}${more && `: ${more}`}\n`);
}
