import { existsSync, readdirSync } from 'node:fs';
import { SETTINGS as GATEWAY_SETTINGS } from '../../services/gateway/src/process-settings.ts';
import { SETTINGS as SYNC_SETTINGS } from '../../services/sync/src/settings.ts';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { alerts } from './monitoring.ts';
import { headOf, KEPT, read, ROOT } from './render.ts';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean;
}

interface Deployment {
  kind: string;
  spec: {
    template: {
      spec: {
        terminationGracePeriodSeconds: number;
        containers: {
          name: string;
          env: { name: string; value?: string }[];
          lifecycle: { preStop: { sleep: { seconds: number } } };
        }[];
      };
    };
  };
}

const schema = JSON.parse(read('charts/syncline/values.schema.json')) as Schema & {
  properties: Record<string, Schema>;
  definitions: Record<string, Schema>;
};
const values = parse(read('charts/syncline/values.yaml')) as Record<string, unknown>;

it('every value has a default, and only what has one is taken', () => {
  // Helm itself adds `global` where the chart is part of another.
  const allowed = keysOf(schema).filter((key) => key !== 'global' && !key.includes('.settings.'));
  expect(allowed.length).toBeGreaterThan(80);
  expect(allowed.filter((key) => valueAt(key) === undefined && !key.includes('.resources.'))).toEqual([]);
  expect(leavesOf(values).filter((key) => !allowed.includes(key))).toEqual([]);
});

it('what can be set of the processes is all that they have, but for what the chart sets itself', () => {
  const settable = (process: string) =>
    Object.keys(propertiesOf(propertiesOf(schema)[process]!)['settings']!.properties!);
  expect(settable('sync').filter((name) => !(name in SYNC_SETTINGS))).toEqual([]);
  expect(settable('gateway').filter((name) => !(name in GATEWAY_SETTINGS))).toEqual([]);

  const templates = ['_pod.tpl', 'sync.yaml', 'gateway.yaml'].map((name) => read(`charts/syncline/templates/${name}`));
  const image = read('Dockerfile');
  // Not for production.
  const unsettable = ['FAILPOINT'];
  const left = (table: object, process: string) =>
    Object.keys(table).filter((name) => ![...settable(process), ...unsettable].includes(name));
  for (const name of [...left(SYNC_SETTINGS, 'sync'), ...left(GATEWAY_SETTINGS, 'gateway')])
    expect(
      [...templates, image].some((text) => text.includes(name)),
      `${name} can be set nowhere`,
    ).toBe(true);
});

it('each alert has a section in docs/operations.md that says what to do, and a test in which it sounds', () => {
  const operations = read('docs/operations.md');
  const anchors = Array.from(operations.matchAll(/^#+ (.+)$/gm), ([, title]) =>
    title!.toLowerCase().replaceAll(' ', '-'),
  );
  const { tests } = parse(read('k8s/chart/alerts.test.yaml')) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const tried = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
  expect(alerts().length).toBeGreaterThan(5);
  for (const { alert, annotations } of alerts()) {
    const [file, anchor] = annotations.runbook.split('#');
    expect([file, anchors.includes(anchor!), anchor]).toEqual(['docs/operations.md', true, anchor]);
    const cases = tried.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts.length > 0);
    expect([alert, new Set(cases)]).toEqual([alert, new Set([false, true])]);
  }
});

it('a pod is given longer to end than it takes', () => {
  const milliseconds = (file: string, pattern: RegExp) => Number(pattern.exec(read(file))![1]!.replaceAll('_', ''));
  const takes: Record<string, number> = {
    sync: milliseconds('services/sync/src/main.ts', /FINISH_MS = ([\d_]+)/),
    gateway: milliseconds('services/shared/runtime/src/run.ts', /stopDeadlineMs \?\? ([\d_]+)/),
  };
  const pods = parseAllDocuments(read('k8s/base/syncline.yaml'))
    .map((document) => document.toJS() as Deployment)
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => spec.template.spec);
  expect(pods).toHaveLength(2);
  for (const { terminationGracePeriodSeconds, containers } of pods) {
    const { name, env, lifecycle } = containers[0]!;
    const drain = Number(env.find((entry) => entry.name === 'DRAIN_MS')?.value ?? 0);
    const needed = lifecycle.preStop.sleep.seconds + (drain + takes[name]!) / 1000;
    expect([name, terminationGracePeriodSeconds > needed]).toEqual([name, true]);
  }
});

it('what is kept for kustomize was rendered after the last change of the chart', () => {
  for (const kept of KEPT)
    expect(read(kept.file).startsWith(headOf(kept)), `${kept.file} is stale: npm run chart-check -- --write`).toBe(
      true,
    );
});

it('a kustomization names the files that lie beside it', () => {
  for (const { file } of KEPT) {
    const folder = file.slice(0, file.lastIndexOf('/'));
    const { resources } = parse(read(`${folder}/kustomization.yaml`)) as { resources: string[] };
    for (const resource of resources)
      expect([resource, existsSync(`${ROOT}/${folder}/${resource}`)]).toEqual([resource, true]);
    const lying = readdirSync(`${ROOT}/${folder}`).filter(
      (name) => !['kustomization.yaml', 'values.yaml'].includes(name),
    );
    expect(resources).toEqual(expect.arrayContaining(lying));
    const documents = parseAllDocuments(read(file));
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(documents.length).toBeGreaterThan(5);
  }
});

function propertiesOf(node: Schema): Record<string, Schema> {
  return resolve(node).properties ?? {};
}

function resolve(node: Schema): Schema {
  return node.$ref ? schema.definitions[node.$ref.replace('#/definitions/', '')]! : node;
}

/** The path of everything that the schema names and lists nothing below. */
function keysOf(node: Schema, path = ''): string[] {
  const properties = Object.entries(propertiesOf(node));
  if (properties.length) {
    if (resolve(node).additionalProperties !== false) throw new Error(`unknown keys of ${path} are taken`);
    return properties.flatMap(([key, inner]) => keysOf(inner, path ? `${path}.${key}` : key));
  }
  return [path];
}

/** The path of every default, down to where the schema lists nothing any more. */
function leavesOf(value: unknown, path = '', node: Schema = schema): string[] {
  const properties = propertiesOf(node);
  const listed =
    typeof value === 'object' && value !== null && Object.keys(properties).length && !path.endsWith('settings');
  if (!listed) return path.endsWith('.settings') ? [] : [path];
  return Object.entries(value as object).flatMap(([key, inner]) =>
    leavesOf(inner, path ? `${path}.${key}` : key, properties[key] ?? {}),
  );
}

function valueAt(path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
}
