import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkKinds } from './kinds-check.ts';

const root = mkdtempSync(join(tmpdir(), 'kinds-check-'));
afterAll(() => rmSync(root, { recursive: true }));

const PROTOCOL = 'services/shared/protocol/src';
const FILES = {
  [`${PROTOCOL}/index.ts`]: "export * from './plan/index.ts';\nexport { KINDS } from './kinds.ts';",
  [`${PROTOCOL}/kinds.ts`]: "import { PLAN } from './plan/plan.ts';\nexport const KINDS = { plan: PLAN };",
  [`${PROTOCOL}/plan/index.ts`]: "export * from './plan.ts';",
  [`${PROTOCOL}/plan/plan.ts`]:
    "export const PLAN = 'plan';\nexport interface Plan { kind: 'plan' }\nexport type { Text } from '../text.ts';",
  [`${PROTOCOL}/text.ts`]: 'export type Text = string;',
  'services/gateway/src/plan/kind.ts':
    "import { PLAN } from '@syncline/protocol';\nexport const named = `plan:${PLAN}`;",
};

/** What is found where a file is among those that are as they are to be. */
function found(file: string, code: string): string[] {
  for (const [name, text] of Object.entries({ ...FILES, [file]: code })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const findings = checkKinds(root, ['plan', 'doc']);
  rmSync(join(root, file));
  return findings.map(({ file, line, what }) => `${file}:${line}: ${what}`);
}

const SHARED = 'services/gateway/src/shared.ts';

it.each([
  ["import { PLAN } from './plan/kind.ts';", /imports PLAN/],
  ["import './plan/kind.ts';", /imports \.\/plan\/kind\.ts/],
  ["import type { Plan } from '@syncline/protocol';", /imports Plan/],
  ["import { KINDS, PLAN as A } from '@syncline/protocol';", /imports PLAN/],
  ["export { named } from './plan/kind.ts';", /imports named/],
  ["export const page = () => import('./plan/kind.ts');", /imports \.\/plan\/kind\.ts/],
  ["export const kind = 'plan';", /writes "plan"/],
  ["export type Only = 'doc';", /writes "doc"/],
  ['export const name = (id: string) => `plan:${id}`;', /writes "plan:"/],
  ["export const name = 'doc:a';", /writes "doc:a"/],
])('finds %s', (code, what) => {
  expect(found(SHARED, `\n${code}`)).toEqual([expect.stringMatching(what)]);
  expect(found(SHARED, `\n${code}`)[0]).toContain(`${SHARED}:2: `);
});

it('finds a kind in the folder of another', () => {
  expect(found('web/src/docs/page.tsx', "export const Page = () => <a href='x'>{'plan'}</a>;")).toHaveLength(1);
});

it.each([
  [SHARED, "import { KINDS } from '@syncline/protocol';\nexport const text = 'a plan: ' + KINDS;"],
  [SHARED, 'export const words = { plan: 1, documents: `document ${1}` };'],
  ['web/src/plans/page.ts', "import { PLAN } from '@syncline/protocol';\nexport const name = `plan:${PLAN}`;"],
  ['services/gateway/src/shared.test.ts', "import { PLAN } from './plan/kind.ts';\nexport const a = ['plan:a', PLAN];"],
])('lets %s have %j', (file, code) => {
  expect(found(file, code)).toEqual([]);
});
