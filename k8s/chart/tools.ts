import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const CACHE = join(homedir(), '.cache', 'syncline-tools');
const TOOLS = {
  helm3: { module: 'helm.sh/helm/v3/cmd/helm@v3.21.4', builds: 'helm' },
  helm4: { module: 'helm.sh/helm/v4/cmd/helm@v4.2.4', builds: 'helm' },
  kubeconform: { module: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0', builds: 'kubeconform' },
} as const;

/** The machine's tool, else one that Go builds, once: some minutes for each helm. */
export function findTool(name: keyof typeof TOOLS): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), 'go/bin'), CACHE];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found) return found;
  const { module, builds } = TOOLS[name];
  process.stderr.write(`Building ${name} from ${module} …\n`);
  mkdirSync(CACHE, { recursive: true });
  go(['install', module], { GOBIN: CACHE });
  // Both helms are built under one name.
  renameSync(join(CACHE, builds), join(CACHE, name));
  return join(CACHE, name);
}

/** Where Go keeps the files of a module, downloaded if need be. */
export function moduleFolder(module: string): string {
  return (JSON.parse(go(['mod', 'download', '-json', module])) as { Dir: string }).Dir;
}

function go(args: string[], env: Record<string, string> = {}): string {
  return execFileSync('go', args, {
    encoding: 'utf8',
    // Outside of any Go module.
    cwd: homedir(),
    // Go's own installer leaves the PATH to the user.
    env: { ...process.env, PATH: [process.env['PATH'], '/usr/local/go/bin'].join(delimiter), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
