import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { AUTH_SETTINGS, createRightsStore, createTokens, requireSecrets, RightsAdmin } from '@syncline/auth';
import type { Database } from '@syncline/journal';
import { ROLES, type Role, SHORT_ID } from '@syncline/protocol';
import {
  createLog,
  type Logger,
  readSettings,
  runMain,
  type SettingsOf,
  type SettingsTable,
  StartError,
} from '@syncline/runtime';

const { KEY_PEPPER, TOKEN_SECRET } = AUTH_SETTINGS;
const SECRETS = { KEY_PEPPER, TOKEN_SECRET };

/**
 * The command `create-key`: makes an API key and prints it, wherever the database is.
 * @param open opens the database as `settings` say
 */
export async function runCreateKey<T extends SettingsTable>(command: {
  /** How it is called, without its arguments. */
  usage: string;
  settings: T;
  env: Record<string, string | undefined>;
  open: (settings: SettingsOf<T>, log: Logger) => Promise<{ db: Database; unlock?: () => void }>;
}): Promise<void> {
  await runMain({
    title: `Creates an API key and prints it, this once: the first key of a workspace, or one more.

  ${command.usage} --name first
  ${command.usage} --name ci --role editor --workspace default

  --name       who will use it (required)
  --role       ${ROLES.join(', ')} (default admin)
  --workspace  (default default)`,
    settings: { ...command.settings, ...SECRETS },
    async start() {
      const wanted = readArguments();
      const secrets = requireSecrets(readSettings(SECRETS, command.env));
      const log = createLog({ service: 'create-key', level: 'info', into: process.stderr });
      const { db, unlock } = await command.open(readSettings(command.settings, command.env), log);
      try {
        const tokens = createTokens(secrets.TOKEN_SECRET, Date.now);
        const admin = new RightsAdmin({ store: createRightsStore(db), pepper: secrets.KEY_PEPPER, tokens, log });
        const by = { workspace: wanted.workspace, actor: 'system:create-key', commandId: randomUUID() };
        const { key } = await admin.createKey(by, { ...wanted, documents: null, expiresAt: null });
        process.stdout.write(`${key}\n`);
      } finally {
        await db.close();
        unlock?.();
      }
      return null;
    },
  });
}

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
