import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CLIENT = '@syncline/client';
const run = promisify(execFile);

type Versions = Record<string, string>;
interface Manifest {
  version: string;
  dependencies?: Versions;
  devDependencies?: Versions;
}

/**
 * An application in a folder of its own, outside of this repository. What its package.json names is in its
 * `node_modules`, and nothing else: the client as `npm pack` makes it, all others as they are installed here, in the very
 * version that is asked for.
 */
export class AppFolder {
  readonly #path: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(path: string) {
    this.#path = path;
  }

  static async make(files: Record<string, string>): Promise<AppFolder> {
    const app = new AppFolder(await mkdtemp(join(tmpdir(), 'syncline-app-')));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(app.#path, path)), { recursive: true });
      await writeFile(join(app.#path, path), text);
    }
    const { dependencies, devDependencies } = JSON.parse(files['package.json']!) as Manifest;
    const { [CLIENT]: client, ...others } = { ...dependencies, ...devDependencies };
    for (const [name, version] of Object.entries(others)) await app.#link(name, version);
    if (client !== undefined) await app.#unpackClient();
    return app;
  }

  /** Runs one of the application's tools to its end. @throws with what it said */
  async run(tool: string, ...args: string[]): Promise<void> {
    await run(process.execPath, [`node_modules/${tool}`, ...args], { cwd: this.#path, env: {} }).catch(
      ({ stdout, stderr }: { stdout: string; stderr: string }) => {
        throw new Error(`${tool} ${args.join(' ')}:\n${stdout}${stderr}`);
      },
    );
  }

  /** Starts a script of it that answers at this address until {@link remove}. */
  async serve(url: string, [script, ...args]: string[], env: Record<string, string> = {}): Promise<void> {
    const child = spawn(process.execPath, [script!, ...args], { cwd: this.#path, env, stdio: 'inherit' });
    this.#processes.push(child);
    while (
      !(await fetch(url).then(
        () => true,
        () => false,
      ))
    ) {
      if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async remove(): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(this.#path, { recursive: true, force: true });
  }

  async #link(name: string, version?: string): Promise<void> {
    const installed = join(ROOT, 'node_modules', name);
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
    if (version !== undefined && manifest.version !== version)
      throw new Error(`${name} is to be ${version}, and ${manifest.version} is installed here.`);
    const link = join(this.#path, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(installed, link);
  }

  async #unpackClient(): Promise<void> {
    const folder = join(this.#path, 'node_modules', CLIENT);
    await mkdir(folder, { recursive: true });
    // The tests' own NODE_ENV would build it otherwise.
    const npm = ['npm', 'pack', '--workspace', CLIENT, '--pack-destination', this.#path];
    await run('env', ['-u', 'NODE_ENV', ...npm], { cwd: ROOT });
    await run('sh', [
      '-c',
      `tar --extract --gzip --strip-components=1 --file ${this.#path}/*.tgz --directory ${folder}`,
    ]);
    const { dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
    for (const name of Object.keys(dependencies)) await this.#link(name);
  }
}
