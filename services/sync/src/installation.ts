import { parseArgs } from 'node:util';
import { RPC_SETTINGS } from '@syncline/bus';
import {
  createPostgres,
  DATABASE_SETTINGS,
  readInstallation,
  renewInstallation,
  requireMigrated,
} from '@syncline/journal';
import { readSettings, runMain, StartError } from '@syncline/runtime';

const USAGE = `node services/sync/src/installation.ts <command>

  show   which installation the database is
  new    makes it another, as a copy must be that runs beside its original: two of the same id on one Redis or NATS
         answer each other's calls and mix up what people see`;

const SETTINGS = { ...DATABASE_SETTINGS, INSTALLATION: RPC_SETTINGS.INSTALLATION };

await runMain({
  title: 'Tells apart the installations that share a Redis or NATS.',
  usage: USAGE,
  settings: SETTINGS,
  async start() {
    const command = wanted();
    const { DATABASE_URL, INSTALLATION } = readSettings(SETTINGS, process.env);
    if (command === 'new' && INSTALLATION !== undefined)
      throw new StartError(
        `INSTALLATION=${INSTALLATION} is what pods and gateways use in place of the database's id: set another there, ` +
          'or unset it and run this again.',
      );
    const db = createPostgres({ url: DATABASE_URL, connections: 1, onError: () => {} });
    await requireMigrated(db);
    const { id } = await readInstallation(db);
    if (command === 'show') say(INSTALLATION === undefined ? id : `${INSTALLATION} (by INSTALLATION; else ${id})`);
    else {
      const renewed = await renewInstallation(db);
      say(`This database was ${id} and is ${renewed.id} now.`);
      say('Pods and gateways that run on it use the id before until they start anew: pods first, then gateways.');
    }
    await db.close();
    return null;
  },
});

function wanted(): 'show' | 'new' {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [command] = positionals;
    if (positionals.length === 1 && (command === 'show' || command === 'new')) return command;
    throw new Error('There is no such command.');
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\nUsage: ${USAGE}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
