/**
 * Holds that shared code names no kind of document: outside of a kind's folders and of the registries, product code may
 * neither import what is a kind's own, be it by its path or by a package's index, nor write a kind's id as a string.
 *
 * What it cannot see: an id that is put together of parts, one that is a property's name (`KIND_MODELS.plan`), and words
 * that are meant for people. Tests, and what only tests import, may name kinds.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';

/** Where kinds are found: these alone know them all. */
const REGISTRIES = [
  'services/shared/protocol/src/kinds.ts',
  'services/shared/protocol/src/verbs.ts',
  'services/shared/protocol/src/index.ts',
  'services/shared/model/src/kinds.ts',
  'services/shared/model/src/kind-readers.ts',
  'services/shared/model/src/kind-runs.ts',
  'services/shared/model/src/markdown.ts',
  'services/shared/model/src/index.ts',
  'services/gateway/src/kinds.ts',
  'web/src/kinds.ts',
  'web/src/home/kinds.ts',
];
const PRODUCT = [
  'services/*/src/**/*.ts',
  'services/shared/*/src/**/*.ts',
  'web/src/**/*.{ts,tsx}',
  'web/client/**/*.{ts,tsx}',
];
const TEST =
  /\.test\.tsx?$|\.contract\.ts$|\/testing\.ts$|^services\/shared\/model\/src\/serial\/|node_modules|\/dist\//;
const PACKAGES: Record<string, string> = {
  '@syncline/protocol': 'services/shared/protocol/src/index.ts',
  '@syncline/model': 'services/shared/model/src/index.ts',
  '@syncline/model/markdown': 'services/shared/model/src/markdown.ts',
};

export interface Finding {
  file: string;
  line: number;
  what: string;
}

interface Node {
  type: string;
  start: number;
  [field: string]: unknown;
}

/**
 * Looks through the product code below a folder.
 * @param kinds the ids of kinds
 */
export function checkKinds(root: string, kinds: readonly string[]): Finding[] {
  const files = globSync(PRODUCT, { cwd: root }).filter((file) => !TEST.test(file));
  const shared = files.filter((file) => !REGISTRIES.includes(file));
  return shared.flatMap((file) => findings(root, file, kinds)).toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

function findings(root: string, file: string, kinds: readonly string[]): Finding[] {
  const code = readFileSync(join(root, file), 'utf8');
  const own = kindOf(file, kinds);
  const found: Finding[] = [];
  const note = (node: Node, what: string) =>
    found.push({ file, line: code.slice(0, node.start).split('\n').length, what });
  for (const node of nodesOf(parse(code, file))) {
    for (const name of importsOf(node)) {
      const kind = kindOfImport(root, { file, ...name }, kinds);
      if (kind && kind !== own) note(node, `imports ${name.name ?? name.from}, which is of the kind ${kind}`);
    }
    const text = textOf(node);
    const kind = kinds.find((kind) => text === kind || text?.startsWith(`${kind}:`));
    if (kind && kind !== own) note(node, `writes ${JSON.stringify(text)}, the id of a kind`);
  }
  return found;
}

/** The kind whose folder a file lies in: named as it is, or as several of it are. */
function kindOf(file: string, kinds: readonly string[]): string | undefined {
  const folders = dirname(file).split('/');
  return kinds.find((kind) => folders.includes(kind) || folders.includes(`${kind}s`));
}

interface Imported {
  from: string;
  /** Left out of an import as a whole. */
  name?: string;
}

function importsOf(node: Node): Imported[] {
  const from = (node['source'] as Node | undefined)?.['value'];
  if (typeof from !== 'string') return [];
  const specifiers = (node['specifiers'] ?? []) as Node[];
  const names = specifiers.flatMap((specifier) => nameOf(specifier['imported'] ?? specifier['local']) ?? []);
  return names.length > 0 ? names.map((name) => ({ from, name })) : [{ from }];
}

function kindOfImport(root: string, { file, from, name }: Imported & { file: string }, kinds: readonly string[]) {
  if (from.startsWith('.')) return kindOf(relative(root, resolve(root, dirname(file), from)), kinds);
  const index = PACKAGES[from];
  return index && name ? exportsOf(root, index, kinds).get(name) : undefined;
}

const known = new Map<string, Map<string, string>>();

/** What a package's index gives of kinds' own: name → kind. */
function exportsOf(root: string, index: string, kinds: readonly string[]): Map<string, string> {
  const key = `${root}/${index}`;
  const before = known.get(key);
  if (before) return before;
  const found = new Map<string, string>();
  for (const { name, file } of namesFrom(root, index)) {
    const kind = kindOf(file, kinds);
    if (kind) found.set(name, kind);
  }
  known.set(key, found);
  return found;
}

/** The names that a module exports, each with the file that it comes from. */
function* namesFrom(root: string, file: string): Generator<{ name: string; file: string }> {
  const { body } = parse(readFileSync(join(root, file), 'utf8'), file) as unknown as { body: Node[] };
  for (const node of body) {
    const from = (node['source'] as Node | null)?.['value'];
    const origin = typeof from === 'string' && from.startsWith('.') ? join(dirname(file), from) : file;
    if (node.type === 'ExportAllDeclaration' && origin !== file) yield* namesFrom(root, origin);
    if (node.type !== 'ExportNamedDeclaration') continue;
    for (const specifier of node['specifiers'] as Node[]) yield { name: nameOf(specifier['exported'])!, file: origin };
    for (const name of declared(node['declaration'] as Node | null)) yield { name, file };
  }
}

function declared(declaration: Node | null): string[] {
  const declarations = (declaration?.['declarations'] ?? [declaration]) as (Node | null)[];
  return declarations.flatMap((each) => nameOf(each?.['id']) ?? []);
}

function nameOf(node: unknown): string | undefined {
  const { name, value } = (node ?? {}) as { name?: string; value?: string };
  return name ?? value;
}

/** What a literal or the beginning of a template says. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type === 'TemplateLiteral') return (node['quasis'] as { value: { cooked: string } }[])[0]?.value.cooked;
  return undefined;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const each of value) yield* nodesOf(each);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value) yield value as Node;
    for (const [field, each] of Object.entries(value)) if (field !== 'source') yield* nodesOf(each);
  }
}

function parse(code: string, file: string): Node {
  return parseAst(code, { lang: file.endsWith('x') ? 'tsx' : 'ts' }, file) as unknown as Node;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(import.meta.dirname, '..');
  const { KINDS } = (await import('../services/shared/protocol/src/kinds.ts')) as { KINDS: string[] };
  const found = checkKinds(root, KINDS);
  for (const { file, line, what } of found) process.stderr.write(`${file}:${line}: ${what}\n`);
  if (found.length > 0) {
    process.stderr.write('Shared code names no kind: see docs/kinds.md.\n');
    process.exitCode = 1;
  }
}
