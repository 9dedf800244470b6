import { fileURLToPath } from 'node:url';
import { checkAuthSettings } from '@syncline/auth';
import { readSettings, runMain } from '@syncline/runtime';
import { SETTINGS } from './settings.ts';
import { startSystem } from './system.ts';

const TITLE = `Syncline in one process: people and agents edit the same documents, live.

  npm start                 start it at http://localhost:8080
  PORT=3000 npm start       elsewhere`;

const webRoot = fileURLToPath(new URL('../../../web/dist', import.meta.url));

await runMain({
  title: TITLE,
  settings: SETTINGS,
  async start() {
    const settings = readSettings(SETTINGS, process.env);
    checkAuthSettings(settings);
    const system = await startSystem(settings, webRoot);
    const greeting = `
  Syncline is running at ${system.url}

  agents    claude mcp add --transport http syncline ${system.url}/mcp
  documents in ${system.storage}
  stop with Ctrl+C; all settings: npm start -- --help

`;
    return { ...system, greeting };
  },
});
