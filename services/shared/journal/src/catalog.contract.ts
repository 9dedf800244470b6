import { randomUUID } from 'node:crypto';
import type { DocumentId } from '@syncline/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCatalog } from './catalog.ts';
import type { Catalog } from './journal.ts';
import { migrate } from './migrate.ts';
import { createProjection, recordJson } from './projection.ts';
import type { TestDatabase } from './testing.ts';

/** What SPEC.md promises of lists, for any database behind the journal. */
export function catalogContract(name: string, open: () => Promise<TestDatabase>): void {
  describe(`catalog on ${name}`, () => {
    let test: TestDatabase;
    let catalog: Catalog;
    let workspace: string;
    beforeAll(async () => {
      test = await open();
      await migrate(test.db);
      catalog = createCatalog(test.db);
    });
    afterAll(() => test.drop());

    /** Stores a document; its name is its title. @returns its id */
    async function store(title: string, { kind = 'plan', status = 'draft', text = '', steps = [] as string[] } = {}) {
      const id = randomUUID() as DocumentId;
      await test.db.query('INSERT INTO documents (id, workspace, kind, name) VALUES ($1, $2, $3, $4)', [
        id,
        workspace,
        kind,
        id,
      ]);
      await test.db.query('INSERT INTO heads (document, seq) VALUES ($1, 9)', [id]);
      await project(id, { document: { title, status }, text: { text } }, steps);
      return id;
    }
    const project = (
      document: DocumentId,
      parts: Record<string, object | null>,
      steps: string[] = [],
      [base, seq] = [0, 1],
    ) =>
      createProjection(test.db).project([
        {
          document,
          base,
          seq,
          nonce: 0,
          records: [
            ...Object.entries(parts).map(([entity, data]) => ({ entity, id: '', data: data && recordJson(data) })),
            ...steps.map((title, n) => ({ entity: 'step', id: `s${n}`, data: recordJson({ title, note: `n${n}` }) })),
          ],
        },
      ]);
    const titles = async (query: Partial<Parameters<Catalog['list']>[0]>) =>
      (await catalog.list({ workspace, limit: 10, ...query })).entries.map(({ data }) => data.title);

    it('[J25] lists a workspace’s documents by pages, newest change first', async () => {
      workspace = `ws-${randomUUID().slice(0, 8)}`;
      const ids: DocumentId[] = [];
      for (let n = 0; n < 5; n++) ids.push(await store(`Plan ${n}`));
      // Some of one moment, as one transaction leaves them.
      await test.db.query("UPDATE projected SET changed_at = '2026-01-02 03:04:05.678901Z' WHERE document = ANY ($1)", [
        ids.slice(0, 4),
      ]);
      const all = await titles({});
      expect(all[0]).toBe('Plan 4');
      const walked: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await catalog.list({ workspace, limit: 2, after });
        walked.push(...page.entries.map(({ data }) => data.title));
        if (page.next === null) break;
        after = page.next;
      }
      expect(walked).toEqual(all);
      expect(await titles({ workspace: 'another' })).toEqual([]);
      const only = [`plan:${ids[2]}`, 'plan:nowhere'];
      expect(await titles({ only })).toEqual(['Plan 2']);
      expect(await titles({ only: [] })).toEqual([]);
      for (const after of ['page 2', '1.x', `${'9'.repeat(17)}.${ids[0]}`])
        await expect(catalog.list({ workspace, limit: 3, after })).rejects.toThrow(/after: must be/);
    });

    it('narrows by kind and status', async () => {
      workspace = `ws-${randomUUID().slice(0, 8)}`;
      await store('A', { status: 'done' });
      await store('B', { kind: 'board' as never });
      expect(await titles({ kind: 'plan' })).toEqual(['A']);
      expect(await titles({ status: 'done' })).toEqual(['A']);
      expect(await titles({ status: 'approved' })).toEqual([]);
      expect(await titles({ kind: 'plan', status: 'done', text: 'a', only: [] })).toEqual([]);
    });

    it('[J26] finds a document by words in its title, text and steps', async () => {
      workspace = `ws-${randomUUID().slice(0, 8)}`;
      const id = await store('Release 100% №3', {
        text: 'We ship sign-in on friday; see https://example.com/plan_notes. Grüße!',
        steps: ["Ann's notes", 'Build'],
      });
      await store('Another release', { text: 'On monday.' });
      const found = async (texts: string[]) =>
        Object.fromEntries(await Promise.all(texts.map(async (text) => [text, await titles({ text })] as const)));
      const inside = ['rel 3', 'FRI rele', 'sign-in', 'in sign', 'example.com', 'plan_notes', 'ann’s', 'n1', '3 grüße'];
      const outside = ['elease', 'friday monday', '!!', "' | 'x", '№4'];
      expect(await found(inside)).toEqual(Object.fromEntries(inside.map((text) => [text, ['Release 100% №3']])));
      expect(await found(outside)).toEqual(Object.fromEntries(outside.map((text) => [text, []])));
      expect(await titles({ text: 'release' })).toEqual(['Another release', 'Release 100% №3']);
      await expect(titles({ text: 'a b c d e f g h i j k' })).rejects.toThrow(/text: at most 10 words/);

      await project(id, { text: { text: 'On monday.' } }, [], [1, 2]);
      expect(await titles({ text: 'friday' })).toEqual([]);
      await project(id, { document: null, text: null }, [], [2, 3]);
      expect(await titles({ text: 'release' })).toEqual(['Another release']);
    });

    it('[J26] takes texts of any length and kind', async () => {
      workspace = `ws-${randomUUID().slice(0, 8)}`;
      const unique = Array.from({ length: 200_000 }, (_, n) => String.fromCodePoint(0x20000 + (n % 40_000))).join(' ');
      await store('Long', { text: unique });
      await store('One word', { text: 'x'.repeat(300_000) });
      await store('Emoji', { text: '🎉'.repeat(1000) });
      expect(await titles({ text: 'lon' })).toEqual(['Long']);
      expect(await titles({})).toHaveLength(3);
    });
  });
}
