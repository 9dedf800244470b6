import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createRightsStore, createTokens, requireSecrets, RightsAdmin } from '@syncline/auth';
import { ROLES, type Role, SHORT_ID } from '@syncline/protocol';
import { createLog, readSettings, runMain, StartError } from '@syncline/runtime';
import { openDatabase } from './database.ts';
import { SETTINGS } from './settings.ts';

const { DATABASE_URL, DATA_DIR, KEY_PEPPER, TOKEN_SECRET } = SETTINGS;
const NEEDED = { DATABASE_URL, DATA_DIR, KEY_PEPPER, TOKEN_SECRET };

await runMain({
  title: `Creates an API key and prints it, this once: the first key of a workspace, or one more.

  node services/standalone/src/create-key.ts --name first
  node services/standalone/src/create-key.ts --name ci --role editor --workspace default

  --name       who will use it (required)
  --role       ${ROLES.join(', ')} (default admin)
  --workspace  (default default)`,
  settings: NEEDED,
  async start() {
    const wanted = readArguments();
    const settings = requireSecrets(readSettings(NEEDED, process.env));
    const log = createLog({ service: 'create-key', level: 'info', into: process.stderr });
    const { db, unlock } = await openDatabase(settings, log);
    try {
      const tokens = createTokens(settings.TOKEN_SECRET, Date.now);
      const admin = new RightsAdmin({ store: createRightsStore(db), pepper: settings.KEY_PEPPER, tokens, log });
      const by = { workspace: wanted.workspace, actor: 'system:create-key', commandId: randomUUID() };
      const { key } = await admin.createKey(by, { ...wanted, documents: null, expiresAt: null });
      process.stdout.write(`${key}\n`);
    } finally {
      await db.close();
      unlock();
    }
    return null;
  },
});

function readArguments(): { name: string; role: Role; workspace: string } {
  const text = { type: 'string' } as const;
  let values;
  try {
    ({ values } = parseArgs({ options: { name: text, role: text, workspace: text } }));
  } catch (error) {
    throw new StartError(`${(error as Error).message} (--help says what there is)`, { cause: error });
  }
  const { name = '', role = 'admin', workspace = 'default' } = values;
  if (name.trim() === '' || name.length > 128)
    throw new StartError(
      '--name is missing: say who will use the key, in at most 128 characters. For example: --name first',
    );
  const known = ROLES.find((one) => one === role);
  if (!known) throw new StartError(`--role ${role}: must be one of ${ROLES.join(', ')}`);
  if (!SHORT_ID.test(workspace))
    throw new StartError(`--workspace ${workspace}: must be 1–64 letters, digits, "_" or "-"`);
  return { name: name.trim(), role: known, workspace };
}
