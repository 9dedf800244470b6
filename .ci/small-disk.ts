import { execFileSync } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePlace } from './server.ts';

const BLOCK = Buffer.alloc(64 * 1024);

/** A folder that is a disk of its own, small enough to be filled. */
export interface SmallDisk {
  folder: string;
  /** Writes until nothing more fits. */
  fill(): Promise<void>;
  /** Takes away what {@link fill} wrote. */
  free(): Promise<void>;
  /** Removes it, with all that is on it. */
  remove(): Promise<void>;
}

/** Whether disks can be mounted here: on Linux, by root or whom sudo lets without asking. */
export async function canMount(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const disk = await mountSmallDisk('probe', 1);
    await disk.remove();
    return true;
  } catch {
    // Whatever is in the way, there is no mounting here.
    return false;
  }
}

/** Mounts a disk of so many MB in memory, for the user as whom test servers run. */
export async function mountSmallDisk(name: string, megabytes: number): Promise<SmallDisk> {
  const { folder, user } = await makePlace(name);
  const { uid, gid } = user ?? { uid: process.getuid!(), gid: process.getgid!() };
  const options = `size=${megabytes}m,mode=0700,uid=${uid},gid=${gid}`;
  try {
    asRoot('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  const filler = join(folder, 'filler');
  const unmount = () => asRoot('umount', ['--lazy', folder]);
  process.once('exit', unmount);
  return {
    folder,
    async fill() {
      const file = await open(filler, 'a');
      try {
        for (;;) await file.write(BLOCK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler, { force: true }),
    async remove() {
      process.off('exit', unmount);
      unmount();
      await rm(folder, { recursive: true });
    },
  };
}

function asRoot(command: string, args: string[]): void {
  const line = process.getuid?.() === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
  execFileSync(line[0]!, line.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
}
