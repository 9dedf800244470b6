import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { KEPT, read } from './render.ts';

/** What the chart learnt from real clusters, as far as it can be seen without one. */

interface Probe {
  periodSeconds: number;
  failureThreshold?: number;
}

interface Resource {
  kind: string;
  metadata: { labels: Record<string, string> };
  spec: {
    volumeClaimTemplates?: object[];
    template?: {
      spec: {
        securityContext: { fsGroupChangePolicy?: string };
        containers: { startupProbe?: Probe; readinessProbe?: Probe }[];
      };
    };
  };
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  pattern?: string;
}

const kept = KEPT.flatMap(({ file }) => parseAllDocuments(read(file)).map((document) => document.toJS() as Resource));

it('[J22] a pod whose database is back is found ready within a second, and a short outage does not take it out of service', () => {
  const pods = kept.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template!.spec.containers[0]!);
  expect(pods).toHaveLength(2);
  for (const { readinessProbe, startupProbe } of pods) {
    expect(startupProbe!.periodSeconds).toBe(1);
    // An answer that is late counts as soon as one that says no.
    expect(readinessProbe).toMatchObject({ periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 10 });
  }
});

it('a server of the chart’s own keeps its address when its pod is another', () => {
  const servers = kept.filter(({ kind, metadata }) => kind === 'Service' && isEmbedded(metadata.labels));
  expect(servers).toHaveLength(4);
  for (const { spec } of servers) expect(Object.keys(spec).toSorted()).toEqual(['ports', 'selector']);
});

it('a volume’s owners are changed once, not at each start, when Postgres’ own folder would be opened to its group', () => {
  const pods = kept.filter(({ spec }) => spec?.template);
  expect(pods.some(({ spec }) => spec.volumeClaimTemplates)).toBe(true);
  for (const { spec } of pods) expect(spec.template!.spec.securityContext.fsGroupChangePolicy).toBe('OnRootMismatch');
});

it('every quantity among the values is checked before a server sees it', () => {
  const schema = JSON.parse(read('charts/syncline/values.schema.json')) as Schema & {
    definitions: Record<string, Schema>;
  };
  const { quantities, resources } = schema.definitions as Record<'quantities' | 'resources', Schema>;
  expect(resources.properties).toEqual({
    requests: { $ref: '#/definitions/quantities' },
    limits: { $ref: '#/definitions/quantities' },
  });
  const patternOf = (resource: string) => {
    const special = Object.entries(quantities.patternProperties!).find(([name]) => new RegExp(name).test(resource));
    const { $ref } = special?.[1] ?? (quantities.additionalProperties as Schema);
    return new RegExp(schema.definitions[$ref!.replace('#/definitions/', '')]!.pattern!);
  };
  const taken = {
    cpu: ['250m', '2', '0.5', '.5', '5e-1', '250000u'],
    memory: ['1Gi', '512Mi', '1.5G', '134217728', '1e9', '1E9', '1.5e+9'],
    'nvidia.com/gpu': ['1'],
  };
  const refused = {
    cpu: ['half', '-1', '1 ', '250 m', '1Gx', ''],
    memory: ['1Gx', '1GB', '1gi', '512m', 'lots', '1,5Gi', '-1Gi', '1e', '1e9Gi', '512e-3'],
    'hugepages-2Mi': ['512m'],
    'nvidia.com/gpu': ['one'],
  };
  for (const [resource, values] of Object.entries(taken))
    for (const value of values)
      expect([resource, value, patternOf(resource).test(value)]).toEqual([resource, value, true]);
  for (const [resource, values] of Object.entries(refused))
    for (const value of values)
      expect([resource, value, patternOf(resource).test(value)]).toEqual([resource, value, false]);

  const found = textsOf(schema).filter(([path]) => /resources$|storage$/.test(path));
  expect(found.map(([path]) => path).toSorted()).toEqual([
    'embedded.haproxy.resources',
    'embedded.nats.resources',
    'embedded.postgres.resources',
    'embedded.postgres.storage',
    'embedded.valkey.resources',
    'gateway.resources',
    'sync.resources',
  ]);
  for (const [path, node] of found)
    expect([path, node.$ref ?? node.pattern]).toEqual([
      path,
      path.endsWith('storage') ? '^[1-9][0-9]*(Mi|Gi|Ti)$' : '#/definitions/resources',
    ]);
});

function isEmbedded(labels: Record<string, string>): boolean {
  return ['postgres', 'valkey', 'nats', 'haproxy'].includes(labels['app.kubernetes.io/component']!);
}

/** Every node of a schema that names no properties, by its path. */
function textsOf(node: Schema, path = ''): [string, Schema][] {
  const properties = Object.entries(node.properties ?? {});
  if (!properties.length) return [[path, node]];
  return properties.flatMap(([key, inner]) => textsOf(inner, path ? `${path}.${key}` : key));
}
