import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CHART = 'charts/syncline';
/** The version of Kubernetes that is rendered for; a helm that Go built knows of none by itself. */
export const KUBE_VERSION = '1.34.0';

/** A rendering of the chart that is kept in the repository, for kustomize. */
export interface Kept {
  file: string;
  values: string;
  /** The templates that it takes; all unless told. */
  templates?: string[];
}

export const KEPT: readonly Kept[] = [
  { file: 'k8s/base/syncline.yaml', values: 'k8s/base/values.yaml' },
  {
    file: 'k8s/overlays/evaluation/servers.yaml',
    values: 'k8s/overlays/evaluation/values.yaml',
    templates: ['embedded.yaml'],
  },
];

/** What `helm template` says, or throws. */
export function template(helm: string, values: string[], more: string[] = []): string {
  const args = ['template', 'syncline', CHART, '--kube-version', KUBE_VERSION];
  return execFileSync(helm, [...args, ...values.flatMap((file) => ['--values', file]), ...more], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What the file of a kept rendering should say. */
export function renderKept(helm: string, kept: Kept): string {
  const only = (kept.templates ?? []).flatMap((name) => ['--show-only', `templates/${name}`]);
  return headOf(kept) + template(helm, [kept.values], ['--skip-tests', ...only]);
}

/** Its first lines, which tell without Helm whether the chart or the values have changed since. */
export function headOf({ values }: Kept): string {
  const files = readdirSync(`${ROOT}/${CHART}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length).replace(/^\//, ''))
    .filter((file) => !file.startsWith(`${CHART}/ci/`));
  const hash = createHash('sha256');
  for (const file of [...files.toSorted(), values]) hash.update(`${file}\n${read(file)}\n`);
  return (
    `# Rendered by \`npm run chart-check -- --write\`: change the chart, or ${values}, not this.\n` +
    `# sha256 of both: ${hash.digest('hex')}\n`
  );
}

export function read(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}
