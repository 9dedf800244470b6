/**
 * Checks the running system of docker-compose.yml: `docker compose up --build --wait`, then
 * `node k8s/compose/compose-check.ts`. Two people write in one plan, each on another pod, while one pod is killed and
 * the other stopped: nothing that they write may be missing. It ends within two minutes, with 1 if anything is wrong.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findChromium } from '../../.ci/chromium.ts';
import { launch, pill } from '../../web/e2e/browser.ts';
import { type ReadPlan, textOf } from '../../web/e2e/system.ts';
import { asOneLine, Person } from './person.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ANY_POD = 'http://localhost:8080';
const PODS = [
  { service: 'sync-1', url: 'http://localhost:8081' },
  { service: 'sync-2', url: 'http://localhost:8082' },
] as const;
type Pod = (typeof PODS)[number];

const WHOLE_CHECK_MS = 120_000;
/** How long an edit may stay unseen, also one made just after a pod has died. */
const SEEN_WITHIN_MS = 5_000;
const OURS = ['sync-1', 'sync-2', 'gateway', 'migrate'];
const STEPS = ['Ada before', 'Bob before', 'Ada killed', 'Bob killed', 'Ada stopped', 'Bob stopped'];

const run = promisify(execFile);
const begun = performance.now();

setTimeout(() => end(new Error(`not done after ${WHOLE_CHECK_MS} ms`)), WHOLE_CHECK_MS);
check().then(() => end(), end);

async function check(): Promise<void> {
  await checkContainers();
  const page = await fetch(ANY_POD, { headers: { accept: 'text/html' } });
  if (!page.ok || !(await page.text()).includes('<div id="root">')) throw new Error(`no page at ${ANY_POD}`);
  const path = await createPlan();
  const browser = await launch(findChromium());
  const [ada, bob] = [await Person.in(browser, 'Ada'), await Person.in(browser, 'Bob')];

  await ada.open(ANY_POD + path);
  await until('Ada is on a pod', async () => (await podsWithSockets()).length === 1);
  const [hashed] = (await podsWithSockets()) as [Pod];
  const other = PODS.find((pod) => pod !== hashed)!;
  await bob.open(other.url + path);
  await until('Bob is on the other pod', async () => (await podsWithSockets()).length === 2);
  say(`Ada, through the balancer, is on ${hashed.service}; Bob, through ${other.url}, on ${other.service}`);

  ada.begin();
  bob.begin();
  say(`each sees what the other types and ticks after ${await bothSee(ada, bob, 'before')} ms`);

  const killing = performance.now();
  await compose('kill', hashed.service);
  const killed = since(killing);
  const seen = await bothSee(ada, bob, 'killed');
  say(`${hashed.service} is killed, in ${killed} ms; each sees what the other types and ticks then after ${seen} ms`);
  if ((await healthOf(other))?.connections !== 2) throw new Error(`Ada is not on ${other.service}`);
  await checkSaved(path, ada, bob);

  await compose('start', hashed.service);
  const back = await until(`${hashed.service} is back`, async () => (await healthOf(hashed))?.status === 'ready');
  say(`${hashed.service}, started again, takes sockets after ${back} ms`);

  await bob.open(ANY_POD + path);
  ada.begin();
  bob.begin();
  const stopping = performance.now();
  await compose('stop', other.service);
  const { ExitCode } = (await containers()).find(({ Service }) => Service === other.service)!;
  if (ExitCode !== 0) throw new Error(`${other.service}, told to stop, ended with ${ExitCode}`);
  say(`${other.service}, told to stop, ended with 0 after ${since(stopping)} ms`);
  say(`each sees what the other types and ticks after ${await bothSee(ada, bob, 'stopped')} ms`);
  await checkSaved(path, ada, bob);
  await browser.close();
  await checkLogs();
}

/** Each ticks a step, and waits for what the other ticks and types after that. @returns milliseconds */
async function bothSee(ada: Person, bob: Person, when: string): Promise<number> {
  const [adasNext, bobsNext] = [ada.words.length, bob.words.length + 1];
  await Promise.all([ada.tick(`Ada ${when}`), bob.tick(`Bob ${when}`)]);
  const seen = async (person: Person, of: Person, index: number, step: string) => {
    const word = of.words[index];
    return word !== undefined && person.sees(word, step);
  };
  return until(
    `each sees what the other writes (${when})`,
    async () => (await seen(bob, ada, adasNext, `Ada ${when}`)) && (await seen(ada, bob, bobsNext, `Bob ${when}`)),
    SEEN_WITHIN_MS,
  );
}

/** Everything is in the document as REST reads it, once, and both see the same. */
async function checkSaved(path: string, ada: Person, bob: Person): Promise<void> {
  await Promise.all([ada.rest(), bob.rest()]);
  for (const { page } of [ada, bob]) await pill(page).filter({ hasText: 'All changes saved' }).waitFor();
  const plan = await readPlan(path);
  const text = asOneLine(textOf(plan));
  const words = [...ada.words, ...bob.words];
  const wrong = words.filter((word) => text.split(word).length !== 2);
  if (wrong.length) throw new Error(`missing, or there twice: ${wrong.join(' ')}`);
  await until('both see the whole text', async () => (await ada.text()) === text && (await bob.text()) === text);
  const ticked = plan.steps.filter(({ done }) => done).length;
  say(`all ${words.length} words and ${ticked} ticks are in the document, as REST and both browsers read it`);
}

async function createPlan(): Promise<string> {
  const plan = {
    kind: 'plan',
    title: 'Compose check',
    steps: STEPS.map((title) => ({ title })),
    markdown: 'Ada:\n\nBob:',
  };
  const { document } = await rest<{ document: string }>('POST', '/documents', plan);
  return document.replace('plan:', '/plan/');
}

function readPlan(path: string): Promise<ReadPlan> {
  return rest('GET', `/documents/${path.replace('/plan/', 'plan:')}?format=json`);
}

async function rest<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json', 'X-Agent': 'Checker' };
  const response = await fetch(`${ANY_POD}/v1${path}`, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** @returns null while the pod cannot be reached */
async function healthOf(pod: Pod): Promise<{ status: string; connections: number } | null> {
  const response = await fetch(`${pod.url}/readyz`).catch(() => null);
  return response?.ok ? ((await response.json()) as { status: string; connections: number }) : null;
}

async function podsWithSockets(): Promise<Pod[]> {
  const health = await Promise.all(PODS.map(healthOf));
  return PODS.filter((_, index) => (health[index]?.connections ?? 0) > 0);
}

interface Container {
  ID: string;
  Service: string;
  State: string;
  ExitCode: number;
}

async function containers(): Promise<Container[]> {
  const lines = (await compose('ps', '--all', '--format', 'json')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Container);
}

/** Nobody is root, may become it, or can write to the image's files. */
async function checkContainers(): Promise<void> {
  const all = await containers();
  const { stdout } = await run('docker', ['inspect', ...all.map(({ ID }) => ID)]);
  type Inspected = {
    Name: string;
    Config: { User: string };
    HostConfig: { ReadonlyRootfs: boolean; CapDrop: string[] | null; SecurityOpt: string[] | null };
  };
  for (const { Name, Config, HostConfig } of JSON.parse(stdout) as Inspected[]) {
    const root = ['', '0', 'root'].includes(Config.User.split(':')[0]!);
    const free = !HostConfig.CapDrop?.includes('ALL') || !HostConfig.SecurityOpt?.includes('no-new-privileges:true');
    if (root || free || !HostConfig.ReadonlyRootfs) throw new Error(`${Name} may do more than it must`);
  }
  say(`${all.length} containers: none is root, has capabilities or can write to its image`);
}

/** Our processes log lines of JSON, and no address with a password in it. */
async function checkLogs(): Promise<void> {
  const lines = (await compose('logs', '--no-log-prefix', ...OURS)).trim().split('\n');
  for (const line of lines) {
    if (/:\/\/[^/\s]*:[^/\s]*@/.test(line)) throw new Error(`a password in the log: ${line}`);
    try {
      JSON.parse(line);
    } catch {
      throw new Error(`not JSON in the log: ${line}`);
    }
  }
  say(`${lines.length} lines of log, all JSON, no passwords`);
}

async function compose(...args: string[]): Promise<string> {
  return (await run('docker', ['compose', ...args], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** @returns how long it took, in milliseconds */
async function until(what: string, isTrue: () => Promise<boolean>, timeoutMs = 20_000): Promise<number> {
  const from = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - from > timeoutMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return since(from);
}

function since(from: number): number {
  return Math.round(performance.now() - from);
}

function say(sentence: string): void {
  process.stdout.write(`${(since(begun) / 1000).toFixed(1).padStart(6)} s  ${sentence}\n`);
}

/** Leaves both pods running, whatever has happened. */
async function end(failure?: Error): Promise<void> {
  say(failure ? `FAILED: ${failure.message}` : 'all is well');
  await compose('start', ...PODS.map(({ service }) => service)).catch(() => undefined);
  process.exit(failure ? 1 : 0);
}
