import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { afterAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** All that an application loads for it beside yjs and its framework, gzipped. */
const BUDGET_BYTES = 45_000;
const folder = mkdtempSync(join(tmpdir(), 'syncline-client-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The published modules, with all packages but these built in. */
async function built(external: (string | RegExp)[] | undefined): Promise<Rolldown.OutputChunk[]> {
  const output = await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    build: { write: false, minify: external !== undefined, ...(external && { rolldownOptions: { external } }) },
    ...(external && { plugins: [only(external)] }),
  });
  return (output as Rolldown.RolldownOutput[])[0]!.output.filter((part) => part.type === 'chunk');
}

/** In place of the config's own list, to which vite would add. */
function only(external: (string | RegExp)[]) {
  return {
    name: 'only-external',
    configResolved: (config: { build: { rolldownOptions: { external?: unknown } } }) => {
      config.build.rolldownOptions.external = external;
    },
  };
}

it('weighs no more than its budget, gzipped, beside yjs and react', async () => {
  const chunks = await built(['yjs', /^react/]);
  const bytes = chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  expect(chunks.flatMap(({ imports }) => imports).filter((name) => !name.endsWith('.js'))).not.toContain(
    '@hocuspocus/provider',
  );
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
});

it('asks for nothing but what its manifest names, and has neither zod nor the model built in', async () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'peerDependencies',
    Record<string, string>
  >;
  const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const chunks = await built(undefined);
  const asked = new Set(chunks.flatMap(({ imports }) => imports).filter((name) => !name.endsWith('.js')));
  const packages = [...asked].map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
  expect(packages.filter((name) => !named.includes(name))).toEqual([]);
  expect(packages).toContain('yjs');
  const used = chunks.flatMap(({ modules }) =>
    Object.entries(modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : [])),
  );
  expect(used.filter((id) => /node_modules|shared[/]model/.test(id))).toEqual([]);
});

it('has types that speak of no workspace that is not published', () => {
  const typescript = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  execFileSync(process.execPath, [typescript, '-p', ROOT, '--outDir', folder], { cwd: ROOT });
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
  expect(files).toContain('index.d.ts');
  const foreign = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes('@syncline/'));
  expect(foreign).toEqual([]);
});
