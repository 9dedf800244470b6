import { fileURLToPath } from 'node:url';
import { describeSettings, readSettings, runProcess } from '@syncline/runtime';
import { checkTogether, SETTINGS } from './settings.ts';
import { startSystem } from './system.ts';

const HELP = `Syncline in one process: people and agents edit the same documents, live.

  npm start                 start it at http://localhost:8080
  PORT=3000 npm start       elsewhere

Settings, as environment variables:

${describeSettings(SETTINGS)}
`;

const webRoot = fileURLToPath(new URL('../../../web/dist', import.meta.url));

if (process.argv.includes('--help')) process.stdout.write(HELP);
else
  await runProcess(async () => {
    const settings = readSettings(SETTINGS, process.env);
    checkTogether(settings);
    const system = await startSystem(settings, webRoot);
    const greeting = `
  Syncline is running at ${system.url}

  agents    claude mcp add --transport http syncline ${system.url}/mcp
  documents in ${system.storage}
  stop with Ctrl+C; all settings: npm start -- --help

`;
    return { ...system, greeting };
  });
