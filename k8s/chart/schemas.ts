import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { moduleFolder } from './tools.ts';

const KUBERNETES = 'k8s.io/kubernetes@v1.34.2';
const CUSTOM = [
  ['sigs.k8s.io/gateway-api@v1.4.1', 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml'],
  [
    'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
  ],
  [
    'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  ],
] as const;

type Schema = { [key: string]: unknown };
interface Kind {
  group: string;
  version: string;
  kind: string;
}

/**
 * Writes strict JSON schemas for kubeconform, out of Kubernetes' own description and the custom resources' definitions:
 * a field that they do not name is refused. What they say in CEL is not checked.
 */
export function writeSchemas(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const swagger = join(moduleFolder(KUBERNETES), 'api/openapi-spec/swagger.json');
  const { definitions } = strict(JSON.parse(readFileSync(swagger, 'utf8'))) as { definitions: Record<string, Schema> };
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = (definition['x-kubernetes-group-version-kind'] ?? []) as Kind[];
    // Those with several kinds are options of requests.
    if (kinds.length === 1)
      write(folder, kinds[0]!, { $ref: `#/definitions/${name}`, definitions: reachable(name, definitions) });
  }
  for (const [module, file] of CUSTOM) {
    const { spec } = parse(readFileSync(join(moduleFolder(module), file), 'utf8')) as {
      spec: {
        group: string;
        names: { kind: string };
        versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
      };
    };
    for (const { name, schema } of spec.versions)
      write(
        folder,
        { group: spec.group, version: name, kind: spec.names.kind },
        strict(schema.openAPIV3Schema) as Schema,
      );
  }
}

/** As kubeconform's `{{ .ResourceKind }}{{ .KindSuffix }}` has it. */
function write(folder: string, { group, version, kind }: Kind, schema: Schema): void {
  const suffix = [group.split('.')[0], version].filter(Boolean).join('-');
  writeFileSync(join(folder, `${kind.toLowerCase()}-${suffix}.json`), JSON.stringify(schema));
}

function reachable(name: string, all: Record<string, Schema>): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const visit = (one: string) => {
    if (found[one]) return;
    found[one] = all[one]!;
    for (const [, next] of JSON.stringify(all[one]).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(next!);
  };
  visit(name);
  return found;
}

/** Closes each object whose fields are listed, and lets what may be a number or a text be either. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, strict(inner)])) as Schema;
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string')
    return { type: ['integer', 'string'] };
  const listed = typeof schema['properties'] === 'object' && schema['type'] === 'object';
  const open = 'additionalProperties' in schema || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return listed && !open ? { ...schema, additionalProperties: false } : schema;
}
