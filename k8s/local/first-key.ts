import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Makes a workspace's first key by the command that operators have.
 * @param service whose command: the gateway's image has one, `npm run create-key` runs the other
 * @param env its settings: `DATABASE_URL`, and the secrets of `AUTH_MODE=keys`
 */
export async function createFirstKey(
  service: 'gateway' | 'standalone',
  env: Record<string, string>,
  workspace = 'default',
): Promise<string> {
  const command = fileURLToPath(new URL(`../../services/${service}/src/create-key.ts`, import.meta.url));
  const args = [command, '--workspace', workspace, '--role', 'admin', '--name', 'first'];
  const { PATH = '' } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH, ...env } });
  return stdout.trim();
}
