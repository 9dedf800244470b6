// `npm run bench:typing`: from key to paint in a long plan, in a browser, here and at another commit, in turn.
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { checkOut } from '../../../.ci/checkout.ts';
import { findChromium } from '../../../.ci/chromium.ts';
import { ROOT } from '../../processes.ts';
import { measuredCommit } from '../../results.ts';
import { openPage, type TypingPage } from './page.ts';
import { report, type TypingRound } from './report.ts';
import { startSystem } from './system.ts';

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: '2807249' },
    rounds: { type: 'string', default: '5' },
    characters: { type: 'string', default: '200' },
    blocks: { type: 'string', default: '200' },
    limit: { type: 'string', default: '1.1' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout
    .write(`npm run bench:typing [-- --rounds 5] [--characters 200] [--blocks 200] [--base 2807249] [--limit 1.1]

  --base COMMIT    what the present tree is compared with, taken from the history
  --rounds N       how often each of the two is typed into, in turn
  --characters N   keys in a round
  --blocks N       paragraphs in the plan; typed into are those in the middle
  --limit X        ends with 1 when the median of the rounds' ratios of p95 is above this
`);
  process.exit();
}
const { base } = values;
const [rounds, characters, blocks, limit] = [values.rounds, values.characters, values.blocks, values.limit].map(
  Number,
) as [number, number, number, number];

// So that everything that was started is ended, also on Ctrl+C.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const ends: (() => Promise<void>)[] = [];
try {
  process.stderr.write(`Taking ${base} from the history, and building its web app …\n`);
  const checkout = await checkOut(base, { web: true });
  ends.push(checkout.remove);
  const pages = { base: await open(checkout.folder), present: await open(ROOT) };
  const load = loadavg()[0]!;
  // Uncounted, so that both have compiled what they need.
  await typeInto(pages, 0);
  const measured: TypingRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    measured.push(await typeInto(pages, round));
    process.stderr.write(`${round}/${rounds}\n`);
  }
  const { text, met } = report(measured, base, limit);
  process.stdout.write(
    `\nFrom key to paint in ${blocks} blocks, ${characters} keys a round, commit ${measuredCommit()}, on ` +
      `${availableParallelism()} cores (load ${load.toFixed(1)}–${loadavg()[0]!.toFixed(1)}).\n\n${text}\n`,
  );
  process.exitCode = met ? 0 : 1;
} finally {
  for (const end of ends.toReversed()) await end();
}

async function open(root: string): Promise<TypingPage> {
  const system = await startSystem(root);
  ends.push(system.stop);
  const page = await openPage({ url: await system.createPlan(blocks), blocks }, findChromium());
  ends.push(page.close);
  return page;
}

/** One after the other, so that neither is typed into beside the other; who is first changes from round to round. */
async function typeInto(pages: Record<keyof TypingRound, TypingPage>, round: number): Promise<TypingRound> {
  const block = Math.floor(blocks / 2) + round;
  const first = round % 2 === 1 ? 'base' : 'present';
  const early = await pages[first].type(block, characters);
  if (first === 'base') return { base: early, present: await pages.present.type(block, characters) };
  return { base: await pages.base.type(block, characters), present: early };
}
