import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { createLoader, createPostgres, createReader, DATABASE_SETTINGS, requireMigrated } from '@syncline/journal';
import { readSettings, runMain } from '@syncline/runtime';
import { importBatch, type ImporterDeps } from './import/importer.ts';
import { readOptions, USAGE } from './import/options.ts';
import { batches } from './import/source.ts';
import { openTable } from './import/tables.ts';
import { Tally } from './import/tally.ts';
import { POD_SETTINGS } from './settings.ts';

const BATCH = { rows: 200, bytes: 8 * 1024 * 1024 };
/** A batch of large documents on a slow disk. */
const STATEMENT_MS = 60_000;
const PROGRESS_MS = 2_000;

const SETTINGS = { ...DATABASE_SETTINGS, MAX_DOCUMENT_BYTES: POD_SETTINGS.MAX_DOCUMENT_BYTES };

await runMain({
  title:
    'Brings over a table of names and Yjs documents, as Hocuspocus stores them. Safe beside running pods, and to end and run again.',
  usage: USAGE,
  settings: SETTINGS,
  async start() {
    const { from, columns, into, report, dryRun } = readOptions(process.argv.slice(2));
    const { DATABASE_URL, MAX_DOCUMENT_BYTES } = readSettings(SETTINGS, process.env);
    const db = createPostgres({
      url: DATABASE_URL,
      connections: 1,
      statementTimeoutMs: STATEMENT_MS,
      onError: (error) => process.stderr.write(`${error.message}\n`),
    });
    await requireMigrated(db);
    const source = await openTable(from, columns);
    const loader = createLoader({ db, random: Math.random });
    const deps = { loader, reader: createReader(db), into, maxDocumentBytes: MAX_DOCUMENT_BYTES, dryRun };
    await bring({ ...deps, source, report: report ? createWriteStream(report) : null });
    await source.close();
    await db.close();
    return null;
  },
});

async function bring(
  deps: ImporterDeps & { source: Awaited<ReturnType<typeof openTable>>; report: WriteStream | null },
): Promise<void> {
  const { source, report, into, dryRun, maxDocumentBytes } = deps;
  const { names, unnamed } = await source.count();
  const tally = new Tally({ names, unnamed });
  say(`${names} documents of ${source.where}${dryRun ? ', looked at only (--dry-run),' : ''} into ${into.workspace}`);
  let said = performance.now();
  for await (const rows of batches(source, { ...BATCH, stateBytes: maxDocumentBytes })) {
    for (const imported of await importBatch(deps, rows)) {
      tally.add(imported);
      if (report?.write(`${JSON.stringify(imported)}\n`) === false) await once(report, 'drain');
    }
    if (performance.now() - said < PROGRESS_MS) continue;
    said = performance.now();
    say(tally.progress());
  }
  if (report) await once(report.end(), 'close');
  for (const line of tally.summary()) say(line);
  if (!tally.complete) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
