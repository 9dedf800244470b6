import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../charts/syncline/files/generate.mjs', import.meta.url));

interface Secret {
  metadata: { name: string };
  stringData: Record<string, string>;
}

/** The one call of Kubernetes' API that the Job makes, answered as that answers it. */
let api: Server;
let account: string;
let status = 0;
const made: Secret[] = [];
const paths: string[] = [];
beforeAll(async () => {
  account = await mkdtemp(join(tmpdir(), 'syncline-account-'));
  await Promise.all([writeFile(join(account, 'token'), 'a-token'), writeFile(join(account, 'namespace'), 'docs')]);
  api = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    paths.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    made.push(JSON.parse(Buffer.concat(chunks).toString()) as Secret);
    response.writeHead(status).end('{"message":"as told"}');
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
});
beforeEach(() => {
  made.length = 0;
  paths.length = 0;
});
afterAll(async () => {
  api.close();
  await rm(account, { recursive: true });
});

it('makes a Secret of long random texts, others each time, and says none of them', async () => {
  status = 201;
  const said = [await generate(), await generate()].join('');
  expect(paths).toEqual(Array.from({ length: 2 }, () => 'POST /api/v1/namespaces/docs/secrets Bearer a-token'));
  const secrets = made.flatMap(({ metadata, stringData }) => {
    const { KEY_PEPPER, TOKEN_SECRET, POSTGRES_PASSWORD, DATABASE_URL } = stringData;
    expect(metadata.name).toBe('syncline-generated');
    expect(DATABASE_URL).toBe(`postgres://syncline:${POSTGRES_PASSWORD}@syncline-postgres:5432/syncline`);
    return [KEY_PEPPER!, TOKEN_SECRET!, POSTGRES_PASSWORD!];
  });
  expect(new Set(secrets).size).toBe(6);
  for (const secret of secrets) {
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(said).not.toContain(secret);
  }
});

it('leaves one that is there as it is', async () => {
  status = 409;
  expect(await generate()).toContain('is there already');
});

it('ends with 1 when it is not allowed to, so that the Job tries again', async () => {
  status = 403;
  await expect(generate()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('403') });
});

async function generate(): Promise<string> {
  const { port } = api.address() as AddressInfo;
  const env = {
    ACCOUNT: account,
    API: `http://127.0.0.1:${port}`,
    SECRET: 'syncline-generated',
    POSTGRES_HOST: 'syncline-postgres',
  };
  return (await promisify(execFile)(process.execPath, [SCRIPT], { env })).stdout;
}
