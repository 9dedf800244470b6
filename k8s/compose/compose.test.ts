import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { read } from '../chart/render.ts';

/** What a container is told and allowed, whoever runs it. */
interface Container {
  image: string;
  command: string[];
  env: Record<string, string>;
  user: number;
  /** Where it can write, and files that are given to it. */
  mounts: string[];
  readOnly: boolean;
  capabilitiesDropped: string[];
  mayGain: boolean;
  /** How it is asked whether it serves, where that is a command. */
  check: string[] | null;
}

interface ComposeService {
  image: string;
  build?: { target: string };
  command?: string[];
  environment?: Record<string, string>;
  user?: string;
  volumes?: string[];
  tmpfs?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  healthcheck?: { test?: string[] };
}

interface EnvEntry {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

interface Workload {
  kind: string;
  metadata: { labels: Record<string, string> };
  spec: {
    template: {
      spec: {
        securityContext: { runAsUser: number };
        containers: {
          image: string;
          args?: string[];
          env?: EnvEntry[];
          securityContext: {
            readOnlyRootFilesystem: boolean;
            allowPrivilegeEscalation: boolean;
            capabilities: { drop: string[] };
          };
          volumeMounts?: { mountPath: string }[];
          readinessProbe?: { exec?: { command: string[] } };
        }[];
      };
    };
  };
}

/** By these names compose runs the users that Kubernetes wants to know by number: of the official images. */
const USERS: Record<string, number> = { postgres: 999, valkey: 999, haproxy: 99 };
/** What compose takes from `.env`, and the chart from its values and Secrets. */
const TOLD = ['AUTH_MODE', 'KEY_PEPPER', 'TOKEN_SECRET'];
/** Of compose alone, which lets everyone in where there is no `.env`. */
const ONLY_COMPOSE = 'ALLOW_OPEN';

const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, ComposeService> };
const workloads = ['k8s/base/syncline.yaml', 'k8s/overlays/evaluation/servers.yaml'].flatMap((file) =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Workload),
);
const secrets = readSecrets();

for (const name of Object.keys(compose.services)) {
  it(`${name} runs with compose as the chart runs it`, () => {
    const component = name.replace(/-\d$/, '');
    expect(ofCompose(compose.services[name]!, component)).toEqual(ofChart(component));
  });
}

it('compose runs all that the chart runs, and none of it is root or can write to its image', () => {
  const kinds = ['Deployment', 'StatefulSet', 'Job'];
  const components = workloads.filter(({ kind }) => kinds.includes(kind)).map(componentOf);
  const services = Object.keys(compose.services).map((name) => name.replace(/-\d$/, ''));
  expect(new Set(services)).toEqual(new Set(components));
  for (const component of components)
    expect(ofChart(component)).toMatchObject({ readOnly: true, capabilitiesDropped: ['ALL'], mayGain: false });
  expect(components.filter((component) => ofChart(component).user < 1)).toEqual([]);
});

function ofCompose(service: ComposeService, component: string): Container {
  const user = service.user ?? imageUser();
  const { [ONLY_COMPOSE]: _, ...env } = service.environment ?? {};
  const mounts = (service.volumes ?? []).map((volume) => volume.split(':').at(volume.includes(':') ? 1 : 0)!);
  const test = service.healthcheck?.test;
  return {
    image: service.image,
    command: service.command ?? [],
    env: withoutTold(env),
    user: USERS[user] ?? Number(user.split(':')[0]),
    mounts: [...mounts, ...(service.tmpfs ?? [])].toSorted(),
    readOnly: service.read_only === true,
    capabilitiesDropped: service.cap_drop ?? [],
    mayGain: !service.security_opt?.includes('no-new-privileges:true'),
    // HAProxy's image has no HTTP client, and compose no probe by HTTP.
    check: test && component !== 'haproxy' ? test.slice(1) : null,
  };
}

function ofChart(component: string): Container {
  const { spec } = workloads.find((one) => 'template' in (one.spec ?? {}) && componentOf(one) === component)!.spec
    .template;
  const [container] = spec.containers;
  const { image, args, env = [], securityContext, volumeMounts = [], readinessProbe } = container!;
  return {
    // Compose builds ours, under no version.
    image: image.replace(/^(syncline-\w+):.*/, '$1'),
    command: args ?? [],
    env: withoutTold(Object.fromEntries(env.map((entry) => [entry.name, asCompose(valueOf(entry))]))),
    user: spec.securityContext.runAsUser,
    mounts: volumeMounts.map(({ mountPath }) => mountPath).toSorted(),
    readOnly: securityContext.readOnlyRootFilesystem,
    capabilitiesDropped: securityContext.capabilities.drop,
    mayGain: securityContext.allowPrivilegeEscalation,
    check: readinessProbe?.exec?.command ?? null,
  };
}

function componentOf({ metadata }: Workload): string {
  return metadata.labels['app.kubernetes.io/component']!;
}

function withoutTold(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, TOLD.includes(name) ? 'as told' : value]),
  );
}

function valueOf({ name, value, valueFrom }: EnvEntry): string {
  if (value !== undefined) return value;
  if (TOLD.includes(name)) return 'as told';
  const { name: secret, key } = valueFrom!.secretKeyRef;
  const found = secrets[secret]?.[key];
  if (found === undefined) throw new Error(`the evaluation has no ${key} in ${secret}, for ${name}`);
  return found;
}

/** Where Kubernetes has the Service `syncline-valkey`, compose has `valkey`. */
function asCompose(value: string): string {
  return value.replace(/([/@])syncline-(\w+)(?=:\d)/, '$1$2');
}

/** The user of our images: who runs them says no other. */
function imageUser(): string {
  return /^USER (\S+)$/m.exec(read('Dockerfile'))![1]!;
}

function readSecrets(): Record<string, Record<string, string>> {
  const { secretGenerator } = parse(read('k8s/overlays/evaluation/kustomization.yaml')) as {
    secretGenerator: { name: string; literals?: string[] }[];
  };
  const pairs = (literals: string[]) =>
    literals.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]);
  return Object.fromEntries(
    secretGenerator.map(({ name, literals = [] }) => [name, Object.fromEntries(pairs(literals))]),
  );
}
