import { parseArgs } from 'node:util';
import {
  createInventory,
  createPostgres,
  createProjection,
  createReader,
  DATABASE_SETTINGS,
  requireMigrated,
  type StoredDocument,
} from '@syncline/journal';
import { type Kind, KINDS } from '@syncline/protocol';
import { createLog, readSettings, runMain, StartError } from '@syncline/runtime';
import { rebuildRecords } from './records.ts';

const PROGRESS_MS = 5_000;
const USAGE = 'npm run rebuild -- [--document <kind>:<id>] [--workspace <name>]';

await runMain({
  title:
    'Makes what lists, search and sync read of documents anew from their journal; safe to run again, and beside running pods.',
  usage: USAGE,
  settings: DATABASE_SETTINGS,
  async start() {
    const { document: name, workspace } = options();
    const { DATABASE_URL } = readSettings(DATABASE_SETTINGS, process.env);
    const log = createLog({ service: 'rebuild', level: 'info' });
    const db = createPostgres({ url: DATABASE_URL, connections: 1, onError: (error) => log.warn({ err: error }) });
    await requireMigrated(db);
    const deps = { reader: createReader(db), projection: createProjection(db) };
    let [rebuilt, failed, said] = [0, 0, performance.now()];
    for await (const document of createInventory(db).documents({ name, workspace })) {
      try {
        await rebuildRecords(deps, { id: document.id, kind: kindOf(document) });
        rebuilt += 1;
      } catch (error) {
        failed += 1;
        log.error(
          { err: error, document: `${document.kind}:${document.name}`, workspace: document.workspace },
          'failed',
        );
      }
      if (performance.now() - said > PROGRESS_MS) {
        said = performance.now();
        log.info({ rebuilt, failed }, 'rebuilding');
      }
    }
    await db.close();
    if (name && rebuilt + failed === 0) throw new StartError(`--document: there is no document ${name}`);
    log.info({ rebuilt, failed }, 'rebuilt');
    if (failed) process.exitCode = 1;
    return null;
  },
});

function options() {
  try {
    return parseArgs({ options: { document: { type: 'string' }, workspace: { type: 'string' } } }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message}\nUsage: ${USAGE}`);
  }
}

function kindOf({ kind }: StoredDocument): Kind {
  const known = KINDS.find((known) => known === kind);
  if (!known) throw new Error(`this version knows no documents of the kind ${kind}`);
  return known;
}
