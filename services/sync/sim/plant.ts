import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MUTATIONS = new URL('mutations/', import.meta.url);
/** What a pod's code is made of. */
const SOURCES = ['services/sync', 'services/shared'];

/** The names of the bugs that can be planted. */
export async function mutations(): Promise<string[]> {
  return (await readdir(MUTATIONS)).filter((name) => name.endsWith('.patch')).toSorted();
}

/**
 * A copy of the sources with one bug planted in them; what they import from outside is the original.
 * @throws Error when the patch does not apply to what the sources have become
 */
export async function plant(mutation: string): Promise<{ services: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-sim-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const source of SOURCES)
      await cp(join(ROOT, source), join(folder, source), {
        recursive: true,
        filter: (from) => !from.includes('node_modules', ROOT.length),
      });
    await linkModules(folder);
    await applyPatch(folder, mutation);
    return { services: join(folder, 'services'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Packages of this repository are those of the copy, all others the installed ones. */
async function linkModules(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '@syncline'), { recursive: true });
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (name !== '@syncline') await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  for (const name of await readdir(join(folder, 'services/shared')))
    await symlink(join(folder, 'services/shared', name), join(modules, '@syncline', name));
}

async function applyPatch(folder: string, mutation: string): Promise<void> {
  const patch = fileURLToPath(new URL(mutation, MUTATIONS));
  try {
    await promisify(execFile)('git', ['apply', '-C1', patch], {
      cwd: folder,
      env: { GIT_CEILING_DIRECTORIES: folder },
    });
  } catch (error) {
    throw new Error(
      `services/sync/sim/mutations/${mutation} no longer applies: make it again out of today's sources, so that it ` +
        `plants this bug: ${(await readFile(patch, 'utf8')).split('\n', 1)[0]}`,
      { cause: error },
    );
  }
}
