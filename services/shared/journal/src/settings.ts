import { url, type SettingsTable } from '@syncline/runtime';

/** The setting of every process that reads or writes the journal. */
export const DATABASE_SETTINGS = {
  DATABASE_URL: {
    schema: url('postgres', 'postgresql'),
    description: 'The Postgres server that keeps the documents',
    example: 'postgres://user:password@localhost:5432/syncline',
    secret: true,
  },
} satisfies SettingsTable;
