import { closeSync, openSync, writeSync } from 'node:fs';
import {
  createLoader,
  createPostgres,
  DatabaseError,
  createReader,
  DATABASE_SETTINGS,
  requireMigrated,
} from '@syncline/journal';
import { readSettings, runMain, StartError } from '@syncline/runtime';
import { importBatch, type ImporterDeps } from './import/importer.ts';
import { readOptions, USAGE } from './import/options.ts';
import { batches, type Table } from './import/source.ts';
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
    const file = report === undefined ? null : openReport(report);
    try {
      await bring({ ...deps, source, report: (text) => file && writeSync(file, text) });
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      throw new StartError(`${error.message}\nRun it again: it goes on from where it was.`, { cause: error });
    }
    if (file) closeSync(file);
    await source.close();
    await db.close();
    return null;
  },
});

/** @throws StartError */
function openReport(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new StartError(`--report: ${(error as Error).message}`);
  }
}

async function bring(deps: ImporterDeps & { source: Table; report: (text: string) => void }): Promise<void> {
  const { source, report, into, dryRun, maxDocumentBytes } = deps;
  const { names, unnamed } = await source.count();
  const tally = new Tally({ names, unnamed });
  say(`${names} documents of ${source.where}${dryRun ? ', looked at only (--dry-run),' : ''} into ${into.workspace}`);
  let said = performance.now();
  for await (const rows of batches(source, { ...BATCH, stateBytes: maxDocumentBytes })) {
    const batch = await importBatch(deps, rows);
    batch.forEach((imported) => tally.add(imported));
    report(batch.map((imported) => `${JSON.stringify(imported)}\n`).join(''));
    if (performance.now() - said < PROGRESS_MS) continue;
    said = performance.now();
    say(tally.progress());
  }
  for (const line of tally.summary()) say(line);
  if (!tally.complete) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
