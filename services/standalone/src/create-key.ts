import { runCreateKey } from '@syncline/gateway';
import { openDatabase } from './database.ts';
import { SETTINGS } from './settings.ts';

const { DATABASE_URL, DATA_DIR } = SETTINGS;

await runCreateKey({
  usage: 'npm run --silent create-key --',
  settings: { DATABASE_URL, DATA_DIR },
  env: process.env,
  open: openDatabase,
});
