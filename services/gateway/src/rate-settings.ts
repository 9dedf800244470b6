import { type SettingsTable, wholeNumber } from '@syncline/runtime';

const limit = (preset: number) => wholeNumber(1, 1_000_000_000).default(preset);

/** Settings of every process that answers requests. */
export const RATE_SETTINGS = {
  RATE_LIMIT_PER_KEY: {
    schema: limit(6_000),
    description: 'Requests that one key, link or person may make in a minute',
    example: '6000',
  },
  RATE_LIMIT_PER_ADDRESS: {
    schema: limit(600_000),
    description: 'Requests that one address may make in a minute; all there is to count by with AUTH_MODE=open',
    example: '600000',
  },
} satisfies SettingsTable;
