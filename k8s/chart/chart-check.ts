/**
 * `npm run chart-check`: lints and renders the chart with Helm 3 and 4 for each file of charts/syncline/ci, checks what
 * they render against Kubernetes' own schemas, that wrong values are refused by a sentence that names them and
 * right ones are not, that the
 * kept renderings are what the chart says, and the alerts against their tests. `--write` renews the kept renderings.
 * It needs Go where a tool is missing, and Go's module proxy. No cluster is asked for anything.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { findProgram } from '../../.ci/server.ts';
import { CHART, KEPT, KUBE_VERSION, read, renderKept, ROOT, template } from './render.ts';
import { faultsOf } from './restricted.ts';
import { writeSchemas } from './schemas.ts';
import { RIGHT_VALUES } from './right-values.ts';
import { findTool } from './tools.ts';
import { WRONG_VALUES } from './wrong-values.ts';

interface Resource {
  kind: string;
  metadata: { annotations?: Record<string, string> };
}

const helms = { 'Helm 3': findTool('helm3'), 'Helm 4': findTool('helm4') };
const cases = readdirSync(join(ROOT, CHART, 'ci')).map((file) => `${CHART}/ci/${file}`);
const folder = mkdtempSync(join(tmpdir(), 'syncline-chart-'));
let failures = 0;
try {
  if (process.argv.includes('--write'))
    for (const kept of KEPT) writeFileSync(join(ROOT, kept.file), renderKept(helms['Helm 4'], kept));
  for (const [name, helm] of Object.entries(helms)) {
    for (const values of cases)
      check(`${name} lints the chart with ${values}`, () =>
        run(helm, ['lint', '--strict', CHART, '--kube-version', KUBE_VERSION, '--values', values]),
      );
    for (const wrong of WRONG_VALUES)
      check(`${name} refuses ${wrong.set} and names ${wrong.names}`, () => refuses(helm, wrong));
    check(
      `${name} renders the Job that makes the Secret as a hook before all else, and the pod of the test to stay`,
      () => hooksAreRight(helm),
    );
    for (const kept of KEPT)
      check(`${kept.file} is what ${name} renders`, () => same(read(kept.file), renderKept(helm, kept)));
  }
  checkSchemas();
  check('the alerts are right, and each does as its tests say', () =>
    run(findProgram(['promtool'], 'prometheus'), ['test', 'rules', 'k8s/chart/alerts.test.yaml']),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(failures ? `${failures} of the above are not so\n` : 'all is well\n');
process.exitCode = failures ? 1 : 0;

function checkSchemas(): void {
  const schemas = join(folder, 'schemas');
  writeSchemas(schemas);
  const kubeconform = findTool('kubeconform');
  const validate = (file: string) => {
    const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
    return run(kubeconform, ['-strict', '-summary', '-schema-location', location, file]);
  };
  for (const [name, helm] of Object.entries(helms)) {
    for (const values of cases) {
      check(`what ${name} renders with ${values} is valid and restricted`, () => {
        const file = join(folder, 'rendered.yaml');
        const rendered = template(helm, [values]);
        const faults = faultsOf(rendered);
        if (faults.length) throw new Error(faults.join('\n'));
        writeFileSync(file, rendered);
        return validate(file);
      });
    }
  }
  for (const [name, helm] of Object.entries(helms)) {
    for (const { set, renders } of RIGHT_VALUES) {
      check(`${name} takes ${set}, and what it renders is valid`, () => {
        const file = join(folder, 'right.yaml');
        const rendered = template(helm, [], ['--set-json', set]);
        if (!renders.test(rendered)) throw new Error(`nothing in it matches ${String(renders)}`);
        writeFileSync(file, rendered);
        return validate(file);
      });
    }
  }
  check('a pod that may do more than it must would be found', () => {
    const loose = template(helms['Helm 4'], []).replace(
      'readOnlyRootFilesystem: true',
      'readOnlyRootFilesystem: false',
    );
    const faults = faultsOf(loose);
    if (faults.length !== 1) throw new Error(`found: ${faults.join(', ')}`);
    return faults[0]!;
  });
  check('a field that Kubernetes does not know would be found', () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, template(helms['Helm 4'], []).replace('minReadySeconds:', 'minReadySecond:'));
    try {
      validate(file);
    } catch (error) {
      if (said(error).includes('minReadySecond')) return '';
    }
    throw new Error('it was not');
  });
}

function refuses(helm: string, { set, names }: { set: string; names: string }): string {
  try {
    template(helm, [], ['--set-json', set]);
  } catch (error) {
    const sentence = said(error);
    const line = sentence.split('\n').find((one) => names.split('.').every((part) => one.includes(part)));
    if (line) return line;
    throw new Error(`it says only: ${sentence}`, { cause: error });
  }
  throw new Error('it was taken');
}

/** The Secret is there before anything needs it, and what `helm test` said for as long as `--logs` may ask for it. */
function hooksAreRight(helm: string): string {
  const hooks = parseAllDocuments(template(helm, [`${CHART}/ci/embedded-values.yaml`])).flatMap((document) => {
    const { kind, metadata } = (document.toJS() ?? {}) as Partial<Resource>;
    const { 'helm.sh/hook': hook, 'helm.sh/hook-weight': weight, ...more } = metadata?.annotations ?? {};
    return hook ? [[kind, hook, weight, more['helm.sh/hook-delete-policy']].join(' ')] : [];
  });
  const early = 'pre-install,pre-upgrade';
  const gone = 'before-hook-creation,hook-succeeded';
  const right = [
    `Job ${early} -1 ${gone}`,
    'Pod test  before-hook-creation',
    // What the Job may do is there before it.
    ...['Role', 'RoleBinding', 'ServiceAccount'].map((kind) => `${kind} ${early} -2 ${gone}`),
  ];
  const found = hooks.toSorted().join('\n');
  if (found !== right.join('\n')) throw new Error(`the hooks are:\n${found}`);
  return '';
}

function same(kept: string, rendered: string): string {
  if (normal(kept) !== normal(rendered)) throw new Error('it is not: npm run chart-check -- --write');
  return '';
}

/** Helm 3 and 4 differ in the order of documents and in empty lines. */
function normal(text: string): string {
  const documents = text.split(/^---$/m).map((document) => document.replaceAll(/\n\s*\n/g, '\n').trim());
  return documents.filter(Boolean).toSorted().join('\n---\n');
}

function check(what: string, act: () => string): void {
  try {
    const last = act().trim().split('\n').at(-1)!;
    process.stdout.write(`  ok  ${what}${last && `: ${last}`}\n`);
  } catch (error) {
    failures++;
    process.stdout.write(`  NO  ${what}\n${said(error)}\n`);
  }
}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function said(error: unknown): string {
  const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
  return `${stdout}${stderr}` || message;
}
