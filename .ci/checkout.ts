import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** The tree of one commit with its packages, in a folder of its own, so that its code can run beside the present one. */
export interface Checkout {
  folder: string;
  remove(): Promise<void>;
}

/**
 * Takes a commit out of this clone's history.
 * @param options whether its web app is built as well
 * @throws Error with one sentence when this clone does not have the commit
 */
export async function checkOut(commit: string, options: { web?: boolean } = {}): Promise<Checkout> {
  await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT }).catch(() => {
    throw new Error(`Commit ${commit} is not in this clone: bring its whole history by \`git fetch --unshallow\`.`);
  });
  const folder = await mkdtemp(join(tmpdir(), `syncline-${commit.slice(0, 7)}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const archive = join(folder, '.archive.tar');
    await run('git', ['archive', '--output', archive, commit], { cwd: ROOT });
    await run('tar', ['-xf', archive, '-C', folder]);
    await rm(archive);
    await linkPackages(folder);
    // Its own way to become ready: it installs its packages if they are not there yet.
    await prepare(folder, options.web ? ['--web'] : []);
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Packages = Record<string, { version?: string; resolved?: string; link?: true }>;

/** Where the present tree has all packages of the other, its own serve both; but each workspace is the tree's own. */
async function linkPackages(folder: string): Promise<void> {
  const [own, present] = [await lockedPackages(folder), await lockedPackages(ROOT)];
  const here = new Set(foreign(present));
  if (!foreign(own).every((it) => here.has(it))) return;
  for (const [path, { link, resolved }] of Object.entries(own)) {
    // What lies deeper comes with the package that it lies in.
    if (path.split('node_modules/').length !== 2) continue;
    const target = link ? join(folder, resolved!) : join(ROOT, path);
    if (!existsSync(target)) continue; // another platform's
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
  // By its time npm's own note says that all is installed.
  await copyFile(join(ROOT, 'node_modules/.package-lock.json'), join(folder, 'node_modules/.package-lock.json'));
}

async function lockedPackages(root: string): Promise<Packages> {
  return (JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages }).packages;
}

function foreign(packages: Packages): string[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, { version }]) => `${path}@${version}`);
}

function prepare(folder: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = join(folder, '.ci/prepare.mjs');
    const child = spawn(process.execPath, [script, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}`))));
  });
}
