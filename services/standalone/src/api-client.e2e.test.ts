import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startProcess, type SystemProcess, temporaryFolder } from './testing.ts';

const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Inside of the repository, so that the client finds its runtime. */
const made = at('../dist/api-client/');

let system: SystemProcess;
const folder = temporaryFolder();
beforeAll(async () => {
  system = await startProcess({ DATA_DIR: folder.path });
});
afterAll(async () => {
  await system.stop();
  folder.remove();
  await rm(made, { recursive: true, force: true });
});

/** @returns what the compiler says of the files */
async function typesOf(...files: string[]): Promise<string> {
  const flags = [
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--types',
    'node',
  ];
  const tsc = [at('../../../node_modules/typescript/bin/tsc'), '--ignoreConfig', ...flags];
  return run(process.execPath, [...tsc, '--allowImportingTsExtensions', ...files]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

it('a client generated from /openapi.json is typed as the system answers, and runs a plan’s whole life', async () => {
  await mkdir(made, { recursive: true });
  await cp(at('../test/plan-life.ts.txt'), `${made}life.ts`);
  await writeFile(`${made}openapi.json`, await (await fetch(`${system.url}/openapi.json`)).text());
  const generate = at('../../../node_modules/oazapfts/dist/cli.js');
  await run(process.execPath, [generate, `${made}openapi.json`, '--argumentStyle=object', `${made}client.ts`]);
  expect(await typesOf(`${made}life.ts`)).toBe('');

  // What the types are worth: a field that does not exist is an error.
  const life = await readFile(`${made}life.ts`, 'utf8');
  await writeFile(`${made}wrong.ts`, life.replace('body: { title: ', 'body: { titel: '));
  expect(await typesOf(`${made}wrong.ts`)).toContain("'titel' does not exist");

  const { stdout } = await run(process.execPath, [`${made}life.ts`, system.url], { env: { NODE_NO_WARNINGS: '1' } });
  expect(JSON.parse(stdout)).toEqual({
    created: 201,
    repeated: 'the same',
    found: ['Move to passkeys'],
    ticked: { done: true },
    stale: ['stale_revision', 412],
    together: ['Passkeys', 'We move **on Monday**.'],
    refused: ['invalid_request', 'steps'],
    deleted: ['not_found', 0],
    back: 'Passkeys',
  });
});
