import { once } from 'node:events';
import { parseArgs } from 'node:util';
import {
  createHistoryStore,
  createInventory,
  createPostgres,
  DATABASE_SETTINGS,
  type HistoryStore,
  type Inventory,
  requireMigrated,
} from '@syncline/journal';
import { DEFAULT_WORKSPACE } from '@syncline/protocol';
import { readSettings, runMain, StartError } from '@syncline/runtime';

const USAGE = `node services/sync/src/quarantine.ts <command>

  list                                          documents with rows that could not be applied, and those whose kind this
                                                version does not know
  lost                                          documents that had come further than the database has them, once it went
                                                back, and whether what was missing was brought back
  export <kind>:<id> [--workspace <name>]       all that is stored of one document, as it is, one JSON object a line`;

await runMain({
  title: 'Shows what could not be read, and brings it out for whoever may read it one day. Changes nothing.',
  usage: USAGE,
  settings: DATABASE_SETTINGS,
  async start() {
    const { command, name, workspace } = options();
    const { DATABASE_URL } = readSettings(DATABASE_SETTINGS, process.env);
    const db = createPostgres({ url: DATABASE_URL, connections: 1, onError: () => {} });
    await requireMigrated(db);
    const inventory = createInventory(db);
    if (command === 'list') await list(inventory);
    else if (command === 'lost') await listLost(createHistoryStore(db));
    else await exportDocument(inventory, name!, workspace);
    await db.close();
    return null;
  },
});

function options() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { workspace: { type: 'string', default: DEFAULT_WORKSPACE } },
    });
    const [command, name] = positionals;
    const wanted = command === 'list' || command === 'lost' ? 1 : command === 'export' ? 2 : 0;
    if (positionals.length !== wanted) throw new Error('There is no such command.');
    return { command, name, ...values };
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\nUsage: ${USAGE}`);
  }
}

async function list(inventory: Inventory): Promise<void> {
  const found = await inventory.quarantined();
  for (const { workspace, kind, name, rows, reason, foundAt } of found)
    await write(
      `${workspace} ${kind}:${name} ${rows ? `${rows} rows, since ${foundAt!.toISOString()}` : ''} ${reason}`,
    );
  if (!found.length) await write('nothing');
}

async function listLost(history: HistoryStore): Promise<void> {
  const noted = await history.noted();
  for (const { workspace, kind, name, knownSeq, foundSeq, foundAt, broughtBack } of noted)
    await write(
      `${workspace} ${kind}:${name} was at revision ${knownSeq} and found at ${foundSeq}, ${foundAt.toISOString()}: ` +
        (broughtBack ? 'brought back' : 'not brought back by any pod'),
    );
  if (!noted.length) await write('nothing');
}

async function exportDocument(inventory: Inventory, name: string, workspace: string): Promise<void> {
  let found = false;
  for await (const document of inventory.documents({ workspace, name })) {
    found = true;
    for await (const part of inventory.contents(document)) await write(JSON.stringify(readable(part)));
  }
  if (!found) throw new StartError(`export: there is no document ${name} in the workspace ${workspace}`);
}

/** Bytes as base64; a Buffer would turn itself into a list of numbers first. */
function readable(part: object): object {
  const fields = Object.entries(part) as [string, unknown][];
  return Object.fromEntries(
    fields.map(([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value]),
  );
}

/** Waits for a reader that is slower than the database. */
async function write(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
