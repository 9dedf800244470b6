// First, before any library takes the process's own time and chance.
import { enter } from './ambient.ts';
import { POD_LIMITS } from '../src/pod.ts';
import { ACTIVE_MS, schedule } from './actions.ts';
import { checkCommands } from './oracles/commands.ts';
import { checkHeld, checkJournal, watchLag } from './oracles/journal.ts';
import { checkGone, checkPresence } from './oracles/presence.ts';
import { checkReplicas } from './oracles/replicas.ts';
import { losesSilently } from './profile.ts';
import { World } from './world.ts';

/** What came of a seed. */
export interface Outcome {
  seed: number;
  violations: string[];
  /** The same whenever the same happened. */
  digest: string;
  /** What happened, if it was asked for. */
  lines: string[];
}

/** How long it may take until everybody is connected and everything is saved and answered, once all is well again. */
const SETTLE_MS = 20_000;
/** What the fan-out lost without a word is found within this time (S21); a little is for the reading itself. */
const TIMER_MS = 15_500;
/** What was lost while the fan-out was away is found within this time after it is back. */
const RESTORED_MS = 1_000;
/** Awareness forgets the silent after 30 s, and looks every 3 s. */
const FORGOTTEN_MS = 34_000;
/** Who acted through the gateway is gone this long after all was quiet (S57). */
const LEFT_WORK_MS = POD_LIMITS.atWorkMs + 1_000;

/** Runs one seed's world from its beginning to its end. */
export async function simulate(seed: number, options = { verbose: false }): Promise<Outcome> {
  const world = new World(seed, options);
  const failed = (error: unknown) => world.judge.bug('nobody caught', error);
  process.on('unhandledRejection', failed);
  try {
    await live(world);
  } catch (error) {
    world.judge.bug('a pod would have ended with', error);
  } finally {
    enter(null);
    process.off('unhandledRejection', failed);
  }
  const { digest, lines } = world.log;
  return { seed, violations: world.judge.violations, digest, lines: [JSON.stringify(world.profile), ...lines] };
}

async function live(world: World): Promise<void> {
  const { clock, chance, profile, judge } = world;
  const ok = () => judge.violations.length === 0;
  for (const node of world.nodes) node.start();
  for (const client of world.clients) clock.afterFor(world.me, chance.between(5, 1_500), () => client.join());
  schedule(world);
  if (profile.calm) watchLag(world, ACTIVE_MS);
  await until(world, ACTIVE_MS);

  world.heal();
  const healed = clock.now();
  while (ok() && !settled(world) && clock.now() < healed + SETTLE_MS) await until(world, clock.now() + 200);
  if (ok() && !settled(world)) judge.note(`S20: ${unsettled(world)} ${SETTLE_MS} ms after all was well again`);
  const quiet = clock.now();

  if (!losesSilently(profile)) {
    await until(world, quiet + RESTORED_MS);
    if (ok()) checkReplicas(world, 'a second after the last edit');
  }
  await until(world, quiet + 2_000);
  const [leaver] = world.clients.filter(({ synced }) => synced);
  leaver?.leave();
  await until(world, quiet + 3_000);
  // Where a frame was lost without a word, a pod may not know through whom one speaks; it then forgets by time.
  if (ok() && leaver && !world.fanoutHub.silentLosses) checkGone(world, leaver.id);
  await until(world, quiet + TIMER_MS);
  if (ok()) checkReplicas(world, '15 s after the last edit');
  if (ok()) checkHeld(world);
  // Which rows a command met that are lost since, nobody can say.
  if (ok() && !world.truth.wentBack) checkCommands(world);
  // What was committed and nobody told of it, the next look of the housekeeping projects.
  for (const { pod, owner } of world.nodes) clock.afterFor(owner, 0, () => void pod?.catchUpProjection());
  await until(world, quiet + TIMER_MS + 1_000);
  if (ok()) checkJournal(world);
  await until(world, Math.max(healed + FORGOTTEN_MS, quiet + LEFT_WORK_MS));
  if (ok()) checkPresence(world, '34 s after all was well again, and 21 s after the last call');
  const before = pending(world);
  await until(world, clock.now() + 16_000);
  if (ok() && pending(world) > before + 6)
    judge.note(`timers grow in a quiet world: ${before}, then ${pending(world)}`);
}

/** Lets virtual time go on, unless something has already gone wrong. */
async function until(world: World, ms: number): Promise<void> {
  while (world.judge.violations.length === 0 && world.clock.now() < ms)
    await world.clock.runUntil(Math.min(ms, world.clock.now() + 100));
  world.clock.owner = world.me;
}

function settled(world: World): boolean {
  return unsettled(world) === '';
}

function unsettled({ clients, commands }: World): string {
  const unsaved = clients.filter(({ saved }) => !saved).map(({ label }) => `${label} has something unsaved`);
  const open = commands.filter(({ underWay }) => underWay).map(({ id }) => `${id} is not answered`);
  return [...unsaved, ...open].join(', ');
}

function pending({ clock, nodes }: World): number {
  return nodes.reduce((sum, { owner }) => sum + clock.pending(owner), 0);
}
